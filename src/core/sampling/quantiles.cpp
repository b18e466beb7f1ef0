#include "core/sampling/quantiles.h"

#include <cmath>
#include <initializer_list>
#include <numbers>

namespace qsample {
namespace {

// The continued fraction of the incomplete beta function, by Lentz's method.
double beta_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300;
  constexpr double kExact = 1e-16;
  constexpr int kMostTerms = 10000;
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    double change = 1;
    for (const double term : {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                              -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))}) {
      d = 1 / away_from_zero(1 + term * d);
      c = away_from_zero(1 + term / c);
      change = c * d;
      fraction *= change;
    }
    if (std::abs(change - 1) < kExact) break;
  }
  return fraction;
}

// P(X <= x) of the beta distribution.
double beta_cdf(double x, double a, double b) {
  const double ln =
      a * std::log(x) + b * std::log1p(-x) + std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b);
  if (x < (a + 1) / (a + b + 2)) return std::exp(ln) * beta_fraction(x, a, b) / a;
  return 1 - std::exp(ln) * beta_fraction(1 - x, b, a) / b;
}

}  // namespace

double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);
  // Abramowitz and Stegun 26.2.23 to 4.5e-4, then Newton's steps on the logarithm, which is
  // concave.
  const double r = std::sqrt(-2 * std::log(p));
  double x = (2.515517 + r * (0.802853 + r * 0.010328)) /
                 (1 + r * (1.432788 + r * (0.189269 + r * 0.001308))) -
             r;
  for (int i = 0; i < 4; ++i) {
    const double cdf = std::erfc(-x / std::numbers::sqrt2) / 2;
    const double density = std::exp(-x * x / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    x -= std::log(cdf / p) * cdf / density;
  }
  return x;
}

double beta_quantile(double p, double a, double b) {
  if (b == 1) return std::pow(p, 1 / a);
  if (a == 1) return -std::expm1(std::log1p(-p) / b);
  double low = 0;
  double high = 1;
  for (;;) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (beta_cdf(middle, a, b) < p ? low : high) = middle;
  }
}

}  // namespace qsample
