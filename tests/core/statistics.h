// Tests of whether numbers are what a law says.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace qsample::statistics {

inline double mean(std::span<const float> x) {
  double sum = 0;
  for (const float v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

inline double covariance(std::span<const float> x, std::span<const float> y) {
  const double mx = mean(x);
  const double my = mean(y);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mx) * (y[i] - my);
  return sum / static_cast<double>(x.size());
}

inline double correlation(std::span<const float> x, std::span<const float> y) {
  return covariance(x, y) / std::sqrt(covariance(x, x) * covariance(y, y));
}

// p-value of the Kolmogorov-Smirnov test of x against N(0, 1), by the asymptotic series.
inline double normal_p_value(std::span<const float> x) {
  std::vector<float> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(sorted.size());
  double distance = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double cdf = 0.5 * std::erfc(-sorted[i] / std::numbers::sqrt2);
    distance = std::max(
        {distance, static_cast<double>(i + 1) / n - cdf, cdf - static_cast<double>(i) / n});
  }
  const double lambda = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)) * distance;
  if (lambda < 0.3) return 1;  // where the series has lost all its digits, p is 1 to 4 of them
  double p = 0;
  for (int k = 1; k <= 100; ++k) {
    p += (k % 2 == 1 ? 2 : -2) * std::exp(-2 * k * k * lambda * lambda);
  }
  return std::clamp(p, 0.0, 1.0);
}

}  // namespace qsample::statistics
