// A pixel needs the one to its left unfiltered, so the bytes of one pixel go at a time, and what
// counts is how many instructions wait for each other from pixel to pixel.

#include "formats/png/inflate/png_unfilter_kernels.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "formats/png/inflate/png_unfilter_kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace qsample::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// The bytes of a pixel and, where vectors have no such size, some of the next one; or a part of
// them where vectors are shorter.
template <std::size_t kStride>
using Pixel = hn::CappedTag<std::uint8_t, kStride <= 2   ? kStride
                                          : kStride <= 4 ? 4
                                                         : 8>;

template <class D>
struct Sub {
  hn::Vec<D> left;

  HWY_INLINE Sub() : left(hn::Zero(D())) {}

  HWY_INLINE hn::Vec<D> operator()(hn::Vec<D> filtered, hn::Vec<D>) {
    left = hn::Add(left, filtered);
    return left;
  }
};

// floor((a + b) / 2) = ~ceil((~a + ~b) / 2), so with everything inverted the average that rounds up
// will do: ~(x + floor((a + b) / 2)) = ceil((~a + ~b) / 2) - x.
template <class D>
struct Average {
  hn::Vec<D> not_left;

  HWY_INLINE Average() : not_left(hn::Not(hn::Zero(D()))) {}

  HWY_INLINE hn::Vec<D> operator()(hn::Vec<D> filtered, hn::Vec<D> above) {
    not_left = hn::Sub(hn::AverageRound(not_left, hn::Not(above)), filtered);
    return hn::Not(not_left);
  }
};

// With a left, b above, c above left: the nearest to a + b - c is the greater of a and b if c lies
// at or below a third of the way between them, seen from the lesser; the lesser if c lies at or
// above two thirds; else c. Ties fall as the specification has them, for the nearest are then equal
// or in this order. All three sums are at hand before the choice is.
template <class D>
struct Paeth {
  using D16 = hn::Rebind<std::int16_t, D>;
  using V16 = hn::Vec<D16>;
  V16 left, above_left;

  HWY_INLINE Paeth() : left(hn::Zero(D16())), above_left(hn::Zero(D16())) {}

  HWY_INLINE hn::Vec<D> operator()(hn::Vec<D> filtered, hn::Vec<D> above) {
    const V16 x = hn::PromoteTo(D16(), filtered);
    const V16 a = left;
    const V16 b = hn::PromoteTo(D16(), above);
    const V16 c = above_left;
    const V16 lesser = hn::Min(a, b);
    const V16 greater = hn::Max(a, b);
    const V16 turn = hn::Sub(hn::Sub(hn::Add(c, hn::Add(c, c)), b), a);  // 3 c - (a + b)
    // By sign bits: comparisons that make masks take longer on AVX-512.
    const V16 above_lesser = hn::BroadcastSignBit(hn::Sub(lesser, turn));    // turn > lesser
    const V16 below_greater = hn::BroadcastSignBit(hn::Sub(turn, greater));  // turn < greater
    const V16 c_or_lesser = hn::IfVecThenElse(below_greater, hn::Add(c, x), hn::Add(lesser, x));
    const V16 sum = hn::IfVecThenElse(above_lesser, c_or_lesser, hn::Add(greater, x));
    left = hn::And(sum, hn::Set(D16(), std::int16_t{0xFF}));
    above_left = b;
    return hn::DemoteTo(D(), left);
  }
};

template <std::size_t kStride, template <class> class Filter>
HWY_INLINE void Pixels(const std::uint8_t* above, std::size_t size, std::uint8_t* row) {
  const Pixel<kStride> d;
  constexpr std::size_t kLanes = hn::MaxLanes(Pixel<kStride>());
  HWY_ALIGN std::uint8_t last[kLanes];
  for (std::size_t part = 0; part < kStride; part += kLanes) {
    Filter<Pixel<kStride>> unfilter;
    std::size_t i = part;
    auto filtered = hn::LoadU(d, row + i);
    for (; i + kStride < size; i += kStride) {
      // Before the store, which may reach into it.
      const auto next = hn::LoadU(d, row + i + kStride);
      hn::StoreU(unfilter(filtered, hn::LoadU(d, above + i)), d, row + i);
      filtered = next;
    }
    hn::Store(unfilter(filtered, hn::LoadU(d, above + i)), d, last);
    hwy::CopyBytes<std::min(kLanes, kStride)>(last, row + i);
  }
}

void Up(const std::uint8_t* above, std::size_t size, std::uint8_t* row) {
  const auto at = [&](auto d, std::size_t i) HWY_ATTR {
    hn::StoreU(hn::Add(hn::LoadU(d, row + i), hn::LoadU(d, above + i)), d, row + i);
  };
  const hn::ScalableTag<std::uint8_t> d;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= size; i += hn::Lanes(d)) at(d, i);
  for (; i < size; ++i) at(hn::CappedTag<std::uint8_t, 1>(), i);
}

template <std::size_t kStride>
void UnfilterPixels(PngFilter filter, const std::uint8_t* above, std::size_t size,
                    std::uint8_t* row) {
  switch (filter) {
    case PngFilter::none: break;
    case PngFilter::sub: Pixels<kStride, Sub>(above, size, row); break;
    case PngFilter::up: Up(above, size, row); break;
    case PngFilter::average: Pixels<kStride, Average>(above, size, row); break;
    case PngFilter::paeth: Pixels<kStride, Paeth>(above, size, row); break;
  }
}

void UnfilterRow(PngFilter filter, const std::uint8_t* above, std::size_t stride, std::size_t size,
                 std::uint8_t* row) {
  switch (stride) {
    case 1: UnfilterPixels<1>(filter, above, size, row); break;
    case 2: UnfilterPixels<2>(filter, above, size, row); break;
    case 3: UnfilterPixels<3>(filter, above, size, row); break;
    case 4: UnfilterPixels<4>(filter, above, size, row); break;
    case 6: UnfilterPixels<6>(filter, above, size, row); break;
    default: UnfilterPixels<8>(filter, above, size, row); break;
  }
}

}  // namespace
}  // namespace qsample::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace qsample {

HWY_EXPORT(UnfilterRow);

void png_unfilter_row(PngFilter filter, const std::uint8_t* above, std::size_t stride,
                      std::size_t size, std::uint8_t* row) {
  HWY_DYNAMIC_DISPATCH(UnfilterRow)(filter, above, stride, size, row);
}

}  // namespace qsample
#endif  // HWY_ONCE
