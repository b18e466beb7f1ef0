// Sums of arrays times factors, as x_t = alpha x_0 + sigma eps, and pixels to floats and back, over
// vectors.
//
// Products and sums are rounded one by one (-ffp-contract=off), so that every instruction set gives
// the same bits. Each kernel is a template over the vector tag; tails run it with one lane.

#include "core/forward_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/forward_kernels.cpp"
#include <hwy/foreach_target.h>
// foreach_target.h must come first.
#include <hwy/highway.h>

#include "core/pixel_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace qsample::HWY_NAMESPACE {
namespace {

// Runs kernel(tag, i) over 0..count, in whole vectors and then one by one.
template <class Kernel>
HWY_INLINE void ForEachVector(std::size_t count, const Kernel& kernel) {
  const hn::ScalableTag<float> d;
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) kernel(d, i);
  for (; i < count; ++i) kernel(hn::CappedTag<float, 1>(), i);
}

void MixVectors(const float* x, float a, const float* y, float b, float* out, std::size_t count) {
  ForEachVector(count, [=](auto d, std::size_t i) HWY_ATTR {
    hn::StoreU(Mixed(d, hn::LoadU(d, x + i), a, hn::LoadU(d, y + i), b), d, out + i);
  });
}

void Mix3Vectors(const float* x, float a, const float* y, float b, const float* z, float c,
                 float* out, std::size_t count) {
  ForEachVector(count, [=](auto d, std::size_t i) HWY_ATTR {
    const auto ab = Mixed(d, hn::LoadU(d, x + i), a, hn::LoadU(d, y + i), b);
    const auto cz = hn::Mul(hn::Set(d, c), hn::LoadU(d, z + i));
    hn::StoreU(hn::Add(ab, cz), d, out + i);
  });
}

template <class T>
HWY_INLINE void PixelsToX(const T* pixels, float* x, std::size_t count) {
  ForEachVector(count, [=](auto d, std::size_t i)
                           HWY_ATTR { hn::StoreU(XOfPixels(d, pixels + i), d, x + i); });
}

template <class T>
HWY_INLINE std::size_t XToPixels(const float* x, Range range, T* pixels, std::size_t count) {
  const float scale = ScaleOf<T>(range);
  std::size_t clipped = 0;
  ForEachVector(count, [=, &clipped](auto d, std::size_t i) HWY_ATTR {
    clipped += StorePixels(d, hn::LoadU(d, x + i), range, scale, pixels + i);
  });
  return clipped;
}

void Pixels8ToX(const std::uint8_t* pixels, float* x, std::size_t count) {
  PixelsToX(pixels, x, count);
}
void Pixels16ToX(const std::uint16_t* pixels, float* x, std::size_t count) {
  PixelsToX(pixels, x, count);
}
std::size_t XToPixels8(const float* x, Range range, std::uint8_t* pixels, std::size_t count) {
  return XToPixels(x, range, pixels, count);
}
std::size_t XToPixels16(const float* x, Range range, std::uint16_t* pixels, std::size_t count) {
  return XToPixels(x, range, pixels, count);
}

}  // namespace
}  // namespace qsample::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace qsample {

HWY_EXPORT(MixVectors);
HWY_EXPORT(Mix3Vectors);
HWY_EXPORT(Pixels8ToX);
HWY_EXPORT(Pixels16ToX);
HWY_EXPORT(XToPixels8);
HWY_EXPORT(XToPixels16);

void mix_kernel(const float* x, float a, const float* y, float b, float* out, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(MixVectors)(x, a, y, b, out, count);
}

void mix3_kernel(const float* x, float a, const float* y, float b, const float* z, float c,
                 float* out, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(Mix3Vectors)(x, a, y, b, z, c, out, count);
}

void pixels_to_x_kernel(const std::uint8_t* pixels, float* x, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(Pixels8ToX)(pixels, x, count);
}

void pixels_to_x_kernel(const std::uint16_t* pixels, float* x, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(Pixels16ToX)(pixels, x, count);
}

std::size_t x_to_pixels_kernel(const float* x, Range range, std::uint8_t* pixels,
                               std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(XToPixels8)(x, range, pixels, count);
}

std::size_t x_to_pixels_kernel(const float* x, Range range, std::uint16_t* pixels,
                               std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(XToPixels16)(x, range, pixels, count);
}

}  // namespace qsample
#endif  // HWY_ONCE
