// Integer pixels to x in [-1, 1], and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace qsample {

/// x = 2 v / M - 1 with M = 255 or 65535: integer samples to [-1, 1]. Equal lengths.
void pixels_to_x(std::span<const std::uint8_t> pixels, std::span<float> x);
void pixels_to_x(std::span<const std::uint16_t> pixels, std::span<float> x);

/// The values of x that become 0 and M.
struct Range {
  float low = -1;
  float high = 1;
};

/// v = clamp(round_half_even((x - low) M / (high - low)), 0, M); with the default range the inverse
/// of pixels_to_x, exact for every value that came from it. Returns how many samples were outside
/// the range and so were clipped. Equal lengths; NaN is not allowed; low < high.
std::size_t x_to_pixels(std::span<const float> x, std::span<std::uint8_t> pixels, Range range = {});
std::size_t x_to_pixels(std::span<const float> x, std::span<std::uint16_t> pixels,
                        Range range = {});

}  // namespace qsample
