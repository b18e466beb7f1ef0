// The Gaussian noise of qsample: a pure function of a seed, a step and a position.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace qsample {

/// Which stream of noise: the 64-bit seed is the generator's key, the step a word of its counter.
struct NoiseKey {
  std::uint64_t seed;
  std::uint32_t step;
};

/// eps[i] = sample number first + i of the stream, distributed N(0, 1), |eps| < 6.67.
///
/// In an image of C colour channels, sample (y * width + x) * C + c belongs to channel c of pixel
/// (x, y). Any slice equals the same slice of the whole, and the bytes are the same on every
/// instruction set: Philox4x32-10 (Salmon et al., SC 2011) and a Box-Muller transform made of IEEE
/// float32 additions, multiplications and square roots. A normal differs from float64 Box-Muller of
/// the same random bits by less than 2e-6. Thread-safe.
void gaussian_noise(NoiseKey key, std::uint64_t first, std::span<float> eps);

/// Standard normal noise for one image, whoever makes it.
class NoiseSource {
 public:
  virtual ~NoiseSource() = default;

  /// eps[i] = sample number first + i of stream number `step`, numbered as in gaussian_noise; any
  /// slice equals the same slice of the whole. Throws InvalidArgument for a stream or samples that
  /// the source does not have. Thread-safe.
  virtual void fill(std::uint32_t step, std::uint64_t first, std::span<float> eps) const = 0;

  /// The seed for which fill() is gaussian_noise, so that noise_pixels may stand for it; none for
  /// other noise.
  [[nodiscard]] virtual std::optional<std::uint64_t> philox_seed() const { return std::nullopt; }

 protected:
  NoiseSource() = default;
  NoiseSource(const NoiseSource&) = default;
  NoiseSource& operator=(const NoiseSource&) = default;
};

/// gaussian_noise of one seed, which has a stream for each step and as many samples as are wanted.
class PhiloxNoise final : public NoiseSource {
 public:
  explicit PhiloxNoise(std::uint64_t seed) : seed_(seed) {}

  void fill(std::uint32_t step, std::uint64_t first, std::span<float> eps) const override {
    gaussian_noise({seed_, step}, first, eps);
  }
  [[nodiscard]] std::optional<std::uint64_t> philox_seed() const override { return seed_; }

 private:
  std::uint64_t seed_;
};

/// An integer uniform on 1..n from the seed, drawn from a counter that no Gaussian uses; n >= 1.
[[nodiscard]] std::uint32_t uniform_from_seed(std::uint64_t seed, std::uint32_t n);

/// Name of the instruction set that gaussian_noise runs with here, "AVX2" for instance.
[[nodiscard]] std::string_view simd_target();

}  // namespace qsample
