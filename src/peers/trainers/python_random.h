// Python's own generator.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>

namespace qsample {

/// random.Random(seed) of Python: the Mersenne Twister, whose state is made of all words of the
/// seed (init_by_array of Matsumoto and Nishimura).
class PythonRandom {
 public:
  explicit PythonRandom(std::uint64_t seed) {
    State state{seed};
    words_.seed(state);
  }

  /// random(): 53 bits, 0 <= u < 1.
  double random() {
    const std::uint32_t high = static_cast<std::uint32_t>(words_()) >> 5;
    const std::uint32_t low = static_cast<std::uint32_t>(words_()) >> 6;
    return (high * 0x1p26 + low) * 0x1p-53;
  }

 private:
  static constexpr std::size_t kWords = std::mt19937::state_size;

  // In the form in which a std::mt19937 asks for all its words.
  struct State {
    using result_type = std::uint32_t;
    std::uint64_t seed;

    template <class Iterator>
    void generate(Iterator begin, Iterator /*end*/) const {
      const auto words = words_of(seed);
      std::copy(words.begin(), words.end(), begin);
    }
  };

  static std::array<std::uint32_t, kWords> words_of(std::uint64_t seed) {
    const std::array key = {static_cast<std::uint32_t>(seed),
                            static_cast<std::uint32_t>(seed >> 32)};
    const std::size_t length = key[1] == 0 ? 1 : 2;
    std::array<std::uint32_t, kWords> words{};
    words[0] = 19650218;
    for (std::uint32_t i = 1; i < kWords; ++i) words[i] = 1812433253U * folded(words[i - 1]) + i;
    std::size_t i = 1;
    const auto next = [&] {
      if (++i == kWords) {
        words[0] = words[kWords - 1];
        i = 1;
      }
    };
    for (std::size_t k = 0; k < kWords; ++k) {
      const std::size_t j = k % length;
      words[i] =
          (words[i] ^ (folded(words[i - 1]) * 1664525U)) + key[j] + static_cast<std::uint32_t>(j);
      next();
    }
    for (std::size_t k = 1; k < kWords; ++k) {
      words[i] = (words[i] ^ (folded(words[i - 1]) * 1566083941U)) - static_cast<std::uint32_t>(i);
      next();
    }
    words[0] = 0x80000000;
    return words;
  }

  static std::uint32_t folded(std::uint32_t word) { return word ^ word >> 30; }

  std::mt19937 words_;
};

}  // namespace qsample
