// The forward process on arrays of samples: x_t from x_0 and noise, pixels to [-1, 1] and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "qsample/noise.h"
#include "qsample/schedule.h"

namespace qsample {

/// x_t = signal * x_0 + noise * eps, element by element (DDPM, arXiv:2006.11239, eq. 4; with the
/// coefficients of a single step, eq. 2). Each product and the sum are rounded to float32, no fused
/// multiply-add. Equal lengths, any layout, unclamped; xt may be x0 or eps.
void q_sample(std::span<const float> x0, std::span<const float> eps, Mix mix, std::span<float> xt);

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

/// All of it in one pass and in place: pixels[i] becomes what x_to_pixels makes of q_sample of its
/// x and of sample number first + i of gaussian_noise, bit for bit. Returns how many were clipped.
std::size_t noise_pixels(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                         std::span<std::uint8_t> pixels);
std::size_t noise_pixels(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                         std::span<std::uint16_t> pixels);

}  // namespace qsample
