#include "qsample/forward.h"

#include "core/equal_lengths.h"
#include "core/forward_kernels.h"
#include "core/noise_kernels.h"

namespace qsample {

void q_sample(std::span<const float> x0, std::span<const float> eps, Mix mix, std::span<float> xt) {
  check_equal(x0.size(), eps.size());
  check_equal(x0.size(), xt.size());
  mix_kernel(x0.data(), static_cast<float>(mix.x0), eps.data(), static_cast<float>(mix.eps),
             xt.data(), xt.size());
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
