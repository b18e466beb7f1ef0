#include "qsample/noise.h"

#include "core/noise_kernels.h"
#include "core/philox.h"

namespace qsample {

void gaussian_noise(NoiseKey key, std::uint64_t first, std::span<float> eps) {
  gaussian_noise_kernel(key, first, eps.data(), eps.size());
}

std::uint32_t uniform_from_seed(std::uint64_t seed, std::uint32_t n) {
  // c3 = 1 sets this counter apart from those of the noise, where c3 = 0.
  const auto words = philox::philox4x32(
      {0, 0, 0, 1}, {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
  // 64 random bits scaled to 0..n-1: the bias is below n 2^-64.
  const std::uint64_t high = std::uint64_t{words[1]} * n;
  const std::uint64_t low = std::uint64_t{words[0]} * n;
  return static_cast<std::uint32_t>((high + (low >> 32)) >> 32) + 1;
}

std::string_view simd_target() { return simd_target_name(); }

}  // namespace qsample
