#include "qsample/forward.h"

#include <cstddef>

#include "core/forward_kernels.h"
#include "core/noise_kernels.h"
#include "qsample/error.h"

namespace qsample {
namespace {

void check_equal(std::size_t a, std::size_t b) {
  if (a != b) throw InvalidArgument("arrays of one forward step differ in length");
}

}  // namespace

void q_sample(std::span<const float> x0, std::span<const float> eps, Mix mix, std::span<float> xt) {
  check_equal(x0.size(), eps.size());
  check_equal(x0.size(), xt.size());
  mix_kernel(x0.data(), static_cast<float>(mix.signal), eps.data(), static_cast<float>(mix.noise),
             xt.data(), xt.size());
}

void pixels_to_x(std::span<const std::uint8_t> pixels, std::span<float> x) {
  check_equal(pixels.size(), x.size());
  pixels_to_x_kernel(pixels.data(), x.data(), x.size());
}

void pixels_to_x(std::span<const std::uint16_t> pixels, std::span<float> x) {
  check_equal(pixels.size(), x.size());
  pixels_to_x_kernel(pixels.data(), x.data(), x.size());
}

std::size_t x_to_pixels(std::span<const float> x, std::span<std::uint8_t> pixels, Range range) {
  check_equal(x.size(), pixels.size());
  return x_to_pixels_kernel(x.data(), range, pixels.data(), pixels.size());
}

std::size_t x_to_pixels(std::span<const float> x, std::span<std::uint16_t> pixels, Range range) {
  check_equal(x.size(), pixels.size());
  return x_to_pixels_kernel(x.data(), range, pixels.data(), pixels.size());
}

std::size_t noise_pixels(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                         std::span<std::uint8_t> pixels) {
  return noise_pixels_kernel(key, first, mix, range, pixels.data(), pixels.size());
}

std::size_t noise_pixels(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                         std::span<std::uint16_t> pixels) {
  return noise_pixels_kernel(key, first, mix, range, pixels.data(), pixels.size());
}

}  // namespace qsample
