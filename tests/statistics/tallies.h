// What is counted and summed over the samples of a stream of noise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "qsample/noise.h"

namespace qsample::statistics {

/// Samples that are looked at together; they and what they are compared with fit a core's cache.
inline constexpr std::size_t kChunk = 1 << 15;

/// How far apart samples of one stream are compared. 16 is from a sine to its cosine, 64 from one
/// group of counters to the next, the last one row of a full HD image in RGB.
inline constexpr std::array<std::size_t, 7> kLags = {1, 2, 3, 4, 16, 64, 5760};

/// The histogram has bins [i, i + 1) / kBinsPerSigma from -kReach to kReach.
inline constexpr int kBinsPerSigma = 1024;
inline constexpr int kReach = 8;
inline constexpr std::size_t kBins = std::size_t{2} * kReach * kBinsPerSigma;

/// Sums over pairs of samples that should be independent.
struct Products {
  double values = 0;   ///< of x y
  double squares = 0;  ///< of (x^2 - 1) (y^2 - 1)
};

struct Tallies {
  std::uint64_t samples = 0;
  std::array<double, 6> powers = {};  ///< sums of x, x^2, .. x^6
  std::vector<std::uint64_t> histogram = std::vector<std::uint64_t>(kBins);
  std::array<Products, kLags.size()> lagged = {};
  Products next_step;  ///< with the same sample of the next step
  Products next_seed;  ///< with the same sample of the next seed

  Tallies& operator+=(const Tallies& other);
};

/// The tallies of the first `samples` samples, a multiple of kChunk, on `workers` threads.
[[nodiscard]] Tallies tally(NoiseKey key, std::uint64_t samples, int workers);

}  // namespace qsample::statistics
