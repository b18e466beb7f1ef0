// The Gaussian noise of qsample: a pure function of a seed, a step and a position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace qsample {

/// Which stream of noise: the 64-bit seed is the generator's key, the others words of its counter.
struct NoiseKey {
  std::uint64_t seed;
  std::uint32_t step;
  std::uint32_t draw = 0;  ///< of several for one seed; less than kMostDraws
};

/// How many draws a seed has.
inline constexpr std::uint32_t kMostDraws = std::uint32_t{1} << 31;

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

  /// The same in float64: of noise that has no more digits, the floats.
  virtual void fill(std::uint32_t step, std::uint64_t first, std::span<double> eps) const;

  /// The stream of gaussian_noise that fill() gives for `step`, so that noise_pixels may stand for
  /// it; none for other noise.
  [[nodiscard]] virtual std::optional<NoiseKey> philox_key(std::uint32_t /*step*/) const {
    return std::nullopt;
  }

 protected:
  NoiseSource() = default;
  NoiseSource(const NoiseSource&) = default;
  NoiseSource& operator=(const NoiseSource&) = default;
};

/// gaussian_noise of one draw of a seed, which has a stream for each step and as many samples as
/// are wanted. Of a batch of `items`, each of `samples_an_item`, item n has draw * items + n for
/// its draw: sample n * samples_an_item + i is sample i of that.
class PhiloxNoise final : public NoiseSource {
 public:
  explicit PhiloxNoise(std::uint64_t seed, std::uint32_t draw = 0) : seed_(seed), draw_(draw) {}
  /// Throws InvalidArgument where the draws go beyond kMostDraws.
  PhiloxNoise(std::uint64_t seed, std::uint32_t draw, std::uint32_t items,
              std::size_t samples_an_item);

  using NoiseSource::fill;
  void fill(std::uint32_t step, std::uint64_t first, std::span<float> eps) const override;
  [[nodiscard]] std::optional<NoiseKey> philox_key(std::uint32_t step) const override;

 private:
  std::uint64_t seed_;
  std::uint32_t draw_;  // of the first item
  std::uint32_t items_ = 1;
  std::size_t samples_an_item_ = 0;
};

/// 64 uniform random bits of a draw of the seed, from counters that no Gaussian uses. `number` says
/// which: 0 a timestep's, 1 and 2 those of a random crop's left and top, 3 the place of the draw in
/// the order of a stratified set, 4 and 5 the random weight of a trainer's noise of channels and of
/// its perturbation.
[[nodiscard]] std::uint64_t uniform_bits(std::uint64_t seed, std::uint32_t draw,
                                         std::uint32_t number = 0);

/// The same bits as a number within (0, 1): the middle of one of 2^52 equal parts.
[[nodiscard]] double unit_of_bits(std::uint64_t bits);

/// An integer uniform on 1..n, n >= 1, from uniform_bits(seed, draw, number).
[[nodiscard]] std::uint32_t uniform_from_seed(std::uint64_t seed, std::uint32_t n,
                                              std::uint32_t draw = 0, std::uint32_t number = 0);

/// Name of the instruction set that gaussian_noise runs with here, "AVX2" for instance.
[[nodiscard]] std::string_view simd_target();

}  // namespace qsample
