// The noise for the best instruction set of this machine.
#pragma once

#include <cstddef>
#include <cstdint>

#include "qsample/noise.h"

namespace qsample {

void gaussian_noise_kernel(NoiseKey key, std::uint64_t first, float* eps, std::size_t count);
const char* simd_target_name();

}  // namespace qsample
