#include "qsample/pixels.h"

#include "core/equal_lengths.h"
#include "core/forward_kernels.h"

namespace qsample {

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

}  // namespace qsample
