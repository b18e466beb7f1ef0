// How the samples of a frame are distributed.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace qsample {

struct Histogram {
  static constexpr std::size_t kBins = 240;  // a number that many divide

  double reach = 0;                     ///< the bins share -reach..reach evenly
  std::array<double, kBins> density{};  ///< mean of the probability density over a bin
  double mean = 0;
  double variance = 0;
};

/// Of all samples; those beyond the reach count for mean and variance alone.
[[nodiscard]] Histogram histogram_of(std::span<const float> samples, double reach);

/// The density in `bins` wider bins; `bins` divides kBins.
[[nodiscard]] double density_in(const Histogram& histogram, std::size_t bin, std::size_t bins);

}  // namespace qsample
