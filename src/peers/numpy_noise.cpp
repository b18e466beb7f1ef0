// numpy's default generator: PCG64 (O'Neill 2014) seeded by SeedSequence, normals by the ziggurat
// of Marsaglia and Tsang (2000).

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <optional>
#include <random>
#include <type_traits>
#include <utility>

#include "base/fail.h"
#include "qsample/peer_noise.h"

namespace qsample {
namespace {

__extension__ using Uint128 = unsigned __int128;

// Spreads a 64-bit seed over the 256 bits that PCG64 starts from.
std::array<std::uint64_t, 4> seed_sequence(std::uint64_t seed) {
  constexpr std::size_t kPool = 4;
  std::uint32_t constant = 0x43B0D7E5;
  const auto hash = [&](std::uint32_t value, std::uint32_t multiplier) {
    value ^= constant;
    constant *= multiplier;
    value *= constant;
    return value ^ value >> 16;
  };
  const auto mix = [](std::uint32_t x, std::uint32_t y) {
    const std::uint32_t value = 0xCA01F9DD * x - 0x4973F715 * y;
    return value ^ value >> 16;
  };
  std::array<std::uint32_t, kPool> pool{};
  const std::array<std::uint32_t, kPool> entropy = {static_cast<std::uint32_t>(seed),
                                                    static_cast<std::uint32_t>(seed >> 32), 0, 0};
  for (std::size_t i = 0; i < kPool; ++i) pool[i] = hash(entropy[i], 0x931E8875);
  for (std::size_t from = 0; from < kPool; ++from) {
    for (std::size_t to = 0; to < kPool; ++to) {
      if (from != to) pool[to] = mix(pool[to], hash(pool[from], 0x931E8875));
    }
  }
  constant = 0x8B51F9DD;
  std::array<std::uint64_t, 4> out{};
  for (std::size_t i = 0; i < 2 * out.size(); ++i) {
    const std::uint64_t word = hash(pool[i % kPool], 0x58F38DED);
    out[i / 2] |= word << (i % 2 * 32);
  }
  return out;
}

class Pcg64 {
 public:
  explicit Pcg64(std::uint64_t seed) {
    const auto words = seed_sequence(seed);
    increment_ = (Uint128{words[2]} << 64 | words[3]) << 1 | 1;
    step();
    state_ += Uint128{words[0]} << 64 | words[1];
    step();
  }

  std::uint64_t next64() {
    step();
    const auto high = static_cast<std::uint64_t>(state_ >> 64);
    return std::rotr(high ^ static_cast<std::uint64_t>(state_), static_cast<int>(high >> 58));
  }

  // The low half of a 64-bit word first, the high half at the next call.
  std::uint32_t next32() {
    if (has_half_) {
      has_half_ = false;
      return half_;
    }
    const std::uint64_t word = next64();
    has_half_ = true;
    half_ = static_cast<std::uint32_t>(word >> 32);
    return static_cast<std::uint32_t>(word);
  }

  // What a sample of this type is made of.
  template <class T>
  std::conditional_t<std::is_same_v<T, float>, std::uint32_t, std::uint64_t> word() {
    if constexpr (std::is_same_v<T, float>) {
      return next32();
    } else {
      return next64();
    }
  }

  // Uniform on [0, 1), with as many bits as its significand has.
  template <class T>
  T uniform() {
    if constexpr (std::is_same_v<T, float>) {
      return static_cast<float>(next32() >> 8) * 0x1p-24F;
    } else {
      return static_cast<double>(next64() >> 11) * 0x1p-53;
    }
  }

 private:
  void step() {
    constexpr Uint128 kMultiplier = Uint128{0x2360ED051FC65DA4} << 64 | 0x4385DF649FCCF645;
    state_ = state_ * kMultiplier + increment_;
  }

  Uint128 state_ = 0;
  Uint128 increment_ = 0;
  std::uint32_t half_ = 0;
  bool has_half_ = false;
};

constexpr std::size_t kLayers = 256;
constexpr double kTail = 3.6541528853610088;     // where the lowest layer ends
constexpr double kArea = 0.0049286732339746519;  // of each layer

// The layers of the ziggurat: equal areas under exp(-x^2 / 2). A position within a layer has as
// many bits as the fraction of T. numpy's tables come of float64 arithmetic, layer after layer from
// the tail up, and are so to the last bit; that of float32 is rounded.
template <class T>
struct Ziggurat {
  static constexpr int kBits = std::numeric_limits<T>::digits - 1;
  using Position = decltype(std::declval<Pcg64>().word<T>());

  std::array<Position, kLayers> inside{};  // below it, a position is surely under the curve
  std::array<T, kLayers> scale{};          // from a position to x
  std::array<T, kLayers> density{};        // of the layer's outer end

  Ziggurat() {
    const double unit = std::ldexp(1.0, kBits);
    // The lowest layer is as long as a rectangle of its area would be.
    const double base = kArea / density_at(kLayers - 1, kTail);
    scale[0] = static_cast<T>(base / unit);
    inside[0] = nearest(kTail / base * unit);
    density[0] = 1;
    double x = kTail;
    for (std::size_t i = kLayers - 1; i > 0; --i) {
      const double f = density_at(i, x);
      scale[i] = static_cast<T>(x / unit);
      density[i] = static_cast<T>(f);
      const double above = i > 1 ? std::sqrt(-2 * rounded(std::log, kArea / x + f)) : 0;
      inside[i] = nearest(above / x * unit);
      x = above;
    }
  }

 private:
  // A function rounded correctly, whatever the C library's is in float64.
  static double rounded(long double (*function)(long double), double x) {
    return static_cast<double>(function(static_cast<long double>(x)));
  }

  // exp(-x^2 / 2), but for one layer where the tables were made with the next number above.
  static double density_at(std::size_t layer, double x) {
    const double f = rounded(std::exp, -0.5 * x * x);
    return layer == 38 ? std::nextafter(f, 1.0) : f;
  }

  // A bound that is one less sends one position of its layer astray (of float32 one in 2^23), and
  // all that follow.
  static Position nearest(double x) { return static_cast<Position>(std::llround(x)); }
};

template <class T>
T tail(Pcg64& generator, bool negative) {
  constexpr auto kStart = static_cast<T>(kTail);
  constexpr auto kInverse = static_cast<T>(1 / kTail);
  for (;;) {
    const T x = -kInverse * std::log1p(-generator.uniform<T>());
    const T y = -std::log1p(-generator.uniform<T>());
    if (y + y > x * x) return negative ? -(kStart + x) : kStart + x;
  }
}

template <class T>
T normal(Pcg64& generator, const Ziggurat<T>& table) {
  for (;;) {
    const auto word = generator.word<T>();
    const std::size_t layer = word & 0xFF;
    const bool negative = (word >> 8 & 1) != 0;
    const auto position = word >> 9 & ((decltype(word){1} << Ziggurat<T>::kBits) - 1);
    const T x = static_cast<T>(position) * table.scale[layer] * (negative ? T{-1} : T{1});
    if (position < table.inside[layer]) return x;
    if (layer == 0) return tail<T>(generator, (position >> 8 & 1) != 0);
    const T height = (table.density[layer - 1] - table.density[layer]) * generator.uniform<T>() +
                     table.density[layer];
    // numpy takes the exponential in float64, of a float32 position too.
    const auto wide = static_cast<double>(x);
    if (static_cast<double>(height) < std::exp(-0.5 * wide * wide)) return x;
  }
}

template <class T>
void standard_normal(std::uint64_t seed, std::span<T> out, std::uint64_t skipped) {
  static const Ziggurat<T> table;
  Pcg64 generator(seed);
  for (std::uint64_t i = 0; i < skipped; ++i) (void)normal<T>(generator, table);
  for (T& sample : out) sample = normal<T>(generator, table);
}

}  // namespace

void numpy_standard_normal(std::uint64_t seed, std::span<float> out, std::uint64_t skipped) {
  standard_normal(seed, out, skipped);
}

void numpy_standard_normal(std::uint64_t seed, std::span<double> out, std::uint64_t skipped) {
  standard_normal(seed, out, skipped);
}

void numpy_legacy_normal(std::uint64_t seed, std::span<double> out, std::uint64_t skipped) {
  if (seed > std::numeric_limits<std::uint32_t>::max()) {
    fail(Named{"seed"}, ": ", seed, " is beyond 2^32 - 1, where numpy.random.seed ends");
  }
  std::mt19937 words(static_cast<std::uint32_t>(seed));
  const auto uniform = [&] {
    const std::uint32_t high = static_cast<std::uint32_t>(words()) >> 5;
    const std::uint32_t low = static_cast<std::uint32_t>(words()) >> 6;
    return (high * 0x1p26 + low) * 0x1p-53;
  };
  std::optional<double> kept;
  const auto next = [&] {
    if (kept) return *std::exchange(kept, std::nullopt);
    double x = 0;
    double y = 0;
    double square = 0;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    const double factor = std::sqrt(-2 * std::log(square) / square);
    kept = factor * x;
    return factor * y;
  };
  for (std::uint64_t i = 0; i < skipped; ++i) (void)next();
  for (double& sample : out) sample = next();
}

}  // namespace qsample
