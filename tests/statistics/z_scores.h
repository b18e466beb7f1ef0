// Results of tests as z-scores: how many standard errors they lie off what is expected.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "core/reference.h"

namespace qsample::statistics {

inline double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// The z that a normal exceeds with probability p.
inline double z_of_upper_tail(double p) {
  double low = -37;
  double high = 37;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (normal_cdf(-middle) > p ? low : high) = middle;
  }
  return low;
}

/// z of a count that is Poisson with the expectation given. Exact from the distribution where that
/// is lopsided, the square-root transform where it no longer is.
inline double z_of_count(std::uint64_t count, double expected) {
  const auto n = static_cast<double>(count);
  if (expected > 500) return 2 * (std::sqrt(n) - std::sqrt(expected));
  double below = 0;  // P(X < count)
  double at = std::exp(-expected);
  for (std::uint64_t k = 0; k < count; ++k) {
    below += at;
    at *= expected / static_cast<double>(k + 1);
  }
  if (n > expected) {
    double above = 0;  // P(X >= count), summed from its largest term
    double k = n;
    double term = at;
    while (term > above * 1e-17) {
      above += term;
      term *= expected / ++k;
    }
    return std::max(0.0, z_of_upper_tail(above));
  }
  return std::min(0.0, -z_of_upper_tail(below + at));
}

/// P(|eps| > sigmas) of the noise as it is defined: over the 2^31 values that u may have, each of
/// which has one radius, and the angles, which are so many that they count as continuous. Far out
/// this is not the normal's: 33 values of u reach beyond 6 sigma, none beyond 6.67.
inline double probability_beyond(double sigmas) {
  double sum = 0;
  for (std::uint32_t k = 0; k < 1U << 31; ++k) {
    const double r = std::sqrt(-2 * std::log(static_cast<double>(reference::uniform(k << 1))));
    if (r <= sigmas) break;
    sum += 2 / std::numbers::pi * std::acos(sigmas / r);
  }
  return sum * 0x1p-31;
}

/// z of a distance of Kolmogorov and Smirnov: large where the distance is larger than it should be.
/// The two series for its asymptotic law are one another's transforms; each is used where it is
/// fast.
inline double z_of_distance(double distance, double n) {
  const double lambda = std::sqrt(n) * distance;
  double p = 0;
  if (lambda < 1) {
    for (int k = 1; k <= 99; k += 2) {
      p += std::exp(-k * k * std::numbers::pi * std::numbers::pi / (8 * lambda * lambda));
    }
    return -z_of_upper_tail(p * std::sqrt(2 * std::numbers::pi) / lambda);
  }
  for (int k = 1; k <= 99; ++k) p += (k % 2 == 1 ? 2 : -2) * std::exp(-2 * k * k * lambda * lambda);
  return z_of_upper_tail(p);
}

/// z of chi-square with so many degrees of freedom, by Wilson and Hilferty's cube root.
inline double z_of_chi_square(double chi_square, double freedom) {
  const double spread = 2 / (9 * freedom);
  return (std::cbrt(chi_square / freedom) - (1 - spread)) / std::sqrt(spread);
}

}  // namespace qsample::statistics
