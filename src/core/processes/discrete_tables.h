// The laws of discrete chains as tables that uniform words are looked up in.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "qsample/processes/discrete.h"

namespace qsample {

/// Probabilities as bounds of 32-bit words: the word w stands for the first i with w < bounds[i].
/// The last bound is 2^32, whatever the sum's rounding.
[[nodiscard]] inline std::vector<std::uint64_t> bounds_of(std::span<const double> law) {
  std::vector<std::uint64_t> bounds(law.size());
  double sum = 0;
  for (std::size_t i = 0; i < law.size(); ++i) {
    sum += law[i];
    bounds[i] = static_cast<std::uint64_t>(std::llround(std::clamp(sum, 0.0, 1.0) * 0x1p32));
  }
  bounds.back() = std::uint64_t{1} << 32;
  return bounds;
}

/// The law of a step of the discretised Gaussian chain: p(d) = of(d) for d != 0.
class GaussianSteps {
 public:
  explicit GaussianSteps(double beta);

  [[nodiscard]] double of(int d) const { return law_[static_cast<std::size_t>(d + kStates - 1)]; }
  /// p(-255)..p(255), which is 0 where it is too little to count.
  [[nodiscard]] std::span<const double> law() const { return law_; }
  /// The greatest d of a p(d) that is not 0.
  [[nodiscard]] int reach() const { return reach_; }
  /// The probability that a sample stays at a value.
  [[nodiscard]] double stays(int value) const { return stays_[static_cast<std::size_t>(value)]; }

 private:
  std::vector<double> law_;
  int reach_ = 0;
  StateLaw stays_ = {};
};

/// Rows 0..127 of a product of matrices; the others are their mirror images.
using HalfMatrix = std::vector<StateLaw>;

/// Q_1 .. Q_t of the discretised Gaussian chain for any t, from products that are kept on the way.
struct DiscreteChain::Products {
  [[nodiscard]] HalfMatrix at(int t, std::span<const double> betas);

  std::vector<HalfMatrix> kept;  // after 0, 1, 2, .. strides
};

/// What each value of x_0 becomes at t.
struct DiscreteChain::Table {
  int t;
  std::vector<std::vector<std::uint64_t>> bounds;  // of each value

  [[nodiscard]] std::uint8_t at(std::uint8_t from, std::uint32_t word) const {
    const auto& row = bounds[from];
    return static_cast<std::uint8_t>(std::upper_bound(row.begin(), row.end(), word) - row.begin());
  }
};

}  // namespace qsample
