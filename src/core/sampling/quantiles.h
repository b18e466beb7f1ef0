// Quantile functions of distributions that the standard library has not.
#pragma once

namespace qsample {

/// Of the standard normal distribution, p in (0, 1).
[[nodiscard]] double normal_quantile(double p);

/// Of the beta distribution, p in (0, 1), a and b positive.
[[nodiscard]] double beta_quantile(double p, double a, double b);

}  // namespace qsample
