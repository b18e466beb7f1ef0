// The noise for the best instruction set of this machine.
#pragma once

#include <cstddef>
#include <cstdint>

#include "qsample/noise.h"
#include "qsample/pixels.h"
#include "qsample/schedule.h"

namespace qsample {

void gaussian_noise_kernel(NoiseKey key, std::uint64_t first, float* eps, std::size_t count);
std::size_t noise_pixels_kernel(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                                std::uint8_t* pixels, std::size_t count);
std::size_t noise_pixels_kernel(NoiseKey key, std::uint64_t first, Mix mix, Range range,
                                std::uint16_t* pixels, std::size_t count);
const char* simd_target_name();

}  // namespace qsample
