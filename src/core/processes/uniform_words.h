// Uniform random words of samples: see DiscretePath.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/philox.h"

namespace qsample {

/// Which stream of them.
struct UniformKey {
  std::uint64_t seed;
  std::uint32_t draw;
  std::uint32_t stream;  ///< 0..T

  /// The four words of a block.
  [[nodiscard]] philox::Counter block(std::uint64_t number) const {
    // Steps that neither timesteps nor the further draws of trainers take.
    constexpr std::uint32_t kFirstStep = (std::uint32_t{1} << 31) + (std::uint32_t{1} << 20);
    return philox::philox4x32(
        {static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(number >> 32),
         kFirstStep + stream, 2 * draw + 1},
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
  }
};

/// Calls take(i, word) for samples first + i, i in 0..count-1.
template <class Take>
void for_each_word(UniformKey key, std::uint64_t first, std::size_t count, const Take& take) {
  for (std::size_t i = 0; i < count;) {
    const philox::Counter words = key.block((first + i) / 4);
    for (std::size_t w = (first + i) % 4; w < 4 && i < count; ++w, ++i) take(i, words[w]);
  }
}

}  // namespace qsample
