// Vectors of pixels to x_0 and of x_t to pixels, for the kernels of each instruction set.
//
// Every product and sum is rounded by itself (-ffp-contract=off), so that all sets give the same
// bits.

// Once for each of Highway's targets, as its own -inl.h files.
#if defined(QSAMPLE_CORE_PIXEL_VECTORS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef QSAMPLE_CORE_PIXEL_VECTORS_INL_H_
#undef QSAMPLE_CORE_PIXEL_VECTORS_INL_H_
#else
#define QSAMPLE_CORE_PIXEL_VECTORS_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>

#include "qsample/pixels.h"

HWY_BEFORE_NAMESPACE();
namespace qsample::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The largest value M of an integer sample.
template <class T>
inline constexpr float kMax = sizeof(T) == 1 ? 255.0F : 65535.0F;

template <class D, class T>
HWY_INLINE hn::Vec<D> XOfPixels(D d, const T* pixels) {
  const hn::Rebind<T, D> dt;
  const hn::RebindToSigned<D> di;
  const auto v = hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(dt, pixels)));
  // 2 v - M is exact, and so the ends are -1 and 1 and the error is that of x itself.
  const auto centred = hn::Sub(hn::Add(v, v), hn::Set(d, kMax<T>));
  return hn::Mul(centred, hn::Set(d, 1.0F / kMax<T>));
}

// a x + b y.
template <class D>
HWY_INLINE hn::Vec<D> Mixed(D d, hn::Vec<D> x, float a, hn::Vec<D> y, float b) {
  return hn::Add(hn::Mul(hn::Set(d, a), x), hn::Mul(hn::Set(d, b), y));
}

// Factor of x - low in pixels.
template <class T>
HWY_INLINE float ScaleOf(Range range) {
  return kMax<T> / (range.high - range.low);
}

// Returns how many were clipped.
template <class D, class T>
HWY_INLINE std::size_t StorePixels(D d, hn::Vec<D> x, Range range, float scale, T* pixels) {
  const hn::Rebind<T, D> dt;
  const auto low = hn::Set(d, range.low);
  const auto outside = hn::Or(hn::Lt(x, low), hn::Gt(x, hn::Set(d, range.high)));
  const auto scaled = hn::Mul(hn::Sub(x, low), hn::Set(d, scale));
  const auto clamped = hn::Min(hn::Max(scaled, hn::Zero(d)), hn::Set(d, kMax<T>));
  const auto v = hn::NearestInt(clamped);
  if constexpr (sizeof(T) == 1) {  // clamped already, which DemoteTo would do once more
    hn::StoreU(hn::U8FromU32(hn::BitCast(hn::RebindToUnsigned<D>(), v)), dt, pixels);
  } else {
    hn::StoreU(hn::DemoteTo(dt, v), dt, pixels);
  }
  return hn::CountTrue(d, outside);
}

}  // namespace qsample::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // the toggle
