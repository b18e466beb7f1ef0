#include "qsample/noise.h"

#include <algorithm>
#include <array>

#include "base/fail.h"
#include "core/noise_kernels.h"
#include "core/philox.h"

namespace qsample {

void gaussian_noise(NoiseKey key, std::uint64_t first, std::span<float> eps) {
  gaussian_noise_kernel(key, first, eps.data(), eps.size());
}

void NoiseSource::fill(std::uint32_t step, std::uint64_t first, std::span<double> eps) const {
  constexpr std::size_t kPiece = 2048;
  std::array<float, kPiece> floats;
  for (std::size_t i = 0; i < eps.size(); i += kPiece) {
    const std::span piece(floats.data(), std::min(kPiece, eps.size() - i));
    fill(step, first + i, piece);
    std::copy(piece.begin(), piece.end(), eps.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

PhiloxNoise::PhiloxNoise(std::uint64_t seed, std::uint32_t draw, std::uint32_t items,
                         std::size_t samples_an_item)
    : seed_(seed), draw_(draw * items), items_(items), samples_an_item_(samples_an_item) {
  if (std::uint64_t{items} * draw + items > kMostDraws) {
    fail("a seed has ", kMostDraws, " draws, an item of a batch takes one");
  }
}

void PhiloxNoise::fill(std::uint32_t step, std::uint64_t first, std::span<float> eps) const {
  if (items_ == 1) return gaussian_noise({seed_, step, draw_}, first, eps);
  while (!eps.empty()) {
    const std::uint64_t item = first / samples_an_item_;
    const std::uint64_t within = first % samples_an_item_;
    const auto count = std::min<std::uint64_t>(eps.size(), samples_an_item_ - within);
    if (item >= items_) fail("the noise of a batch has ", items_, " items");
    gaussian_noise({seed_, step, draw_ + static_cast<std::uint32_t>(item)}, within,
                   eps.first(count));
    first += count;
    eps = eps.subspan(count);
  }
}

std::optional<NoiseKey> PhiloxNoise::philox_key(std::uint32_t step) const {
  if (items_ != 1) return std::nullopt;
  return NoiseKey{seed_, step, draw_};
}

std::uint64_t uniform_bits(std::uint64_t seed, std::uint32_t draw, std::uint32_t number) {
  // An odd c3 sets these counters apart from those of the noise.
  const auto words = philox::philox4x32(
      {number, 0, 0, 2 * draw + 1},
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
  return std::uint64_t{words[1]} << 32 | words[0];
}

double unit_of_bits(std::uint64_t bits) {
  return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
}

std::uint32_t uniform_from_seed(std::uint64_t seed, std::uint32_t n, std::uint32_t draw,
                                std::uint32_t number) {
  // 64 random bits scaled to 0..n-1: the bias is below n 2^-64.
  const std::uint64_t bits = uniform_bits(seed, draw, number);
  const std::uint64_t high = (bits >> 32) * n;
  const std::uint64_t low = (bits & 0xFFFFFFFF) * n;
  return static_cast<std::uint32_t>((high + (low >> 32)) >> 32) + 1;
}

std::string_view simd_target() { return simd_target_name(); }

}  // namespace qsample
