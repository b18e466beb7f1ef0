// The forward process on arrays of samples: x_t from x_0 and noise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "qsample/noise.h"
#include "qsample/pixels.h"
#include "qsample/schedule.h"

namespace qsample {

/// x_t = mix.x0 * x_0 + mix.eps * eps, element by element (DDPM, arXiv:2006.11239, eq. 4; with the
/// coefficients of a single step, eq. 2). Each product and the sum are rounded to float32, no fused
/// multiply-add. Equal lengths, any layout, unclamped; xt may be x0 or eps.
void q_sample(std::span<const float> x0, std::span<const float> eps, Mix mix, std::span<float> xt);

/// From pixels to pixels in one pass and in place: pixels[i] becomes what x_to_pixels makes of
/// q_sample of its x and of sample number first + i of gaussian_noise, bit for bit. Returns how
/// many were clipped.
std::size_t noise_pixels(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                         std::span<std::uint8_t> pixels);
std::size_t noise_pixels(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                         std::span<std::uint16_t> pixels);

}  // namespace qsample
