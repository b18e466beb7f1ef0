// Schedules that are given by alpha and sigma themselves: curves in u = t / T, sigmas, flows.

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/fail.h"
#include "core/sampling/quantiles.h"
#include "core/schedules/schedule_formulas.h"

namespace qsample::formulas {
namespace {

// What is given over u = t / T.
Curve over_share(int steps, std::function<Variances(double)> variances) {
  return {[steps, variances = std::move(variances)](double t) {
            return variances(t / static_cast<double>(steps));
          },
          0};
}

// alpha_bar = e^-x: 1 - alpha_bar without cancellation.
Variances decayed(double x) { return {std::exp(-x), -std::expm1(-x)}; }

Variances turned(double angle) {
  return {std::cos(angle) * std::cos(angle), std::sin(angle) * std::sin(angle)};
}

// tan of the angle whose log SNR is 15 at u = 0 and -15 at u = 1: exp(-log SNR / 2).
double cosine_tangent(double u) {
  constexpr double kMaxLogSnr = 15;
  const double first = std::atan(std::exp(-kMaxLogSnr / 2));
  const double last = std::atan(std::exp(kMaxLogSnr / 2));
  return std::tan(first + u * (last - first));
}

constexpr double kLeastGamma = 1e-9;

// x_t = sqrt(gamma) b x_0 + sqrt(1 - gamma) eps, b the input scale.
Curve scaled_gamma(int steps, const ParameterValues& values, std::function<double(double)> gamma) {
  const double b = value_of(values, "input-scale");
  if (!(b > 0)) fail(Named{"input-scale"}, " must be positive");
  return over_share(steps, [b, gamma = std::move(gamma)](double u) {
    const double g = std::clamp(gamma(u), kLeastGamma, 1.0);
    return Variances{g * b * b, 1 - g};
  });
}

struct SigmaRange {
  double min, max;
};

SigmaRange sigma_range(const ParameterValues& values) {
  const SigmaRange range{value_of(values, "sigma-min"), value_of(values, "sigma-max")};
  if (!(range.min > 0 && range.min <= range.max)) {
    fail(Named{"sigma-min"}, " ", range.min, " and `sigma-max` ", range.max,
         " are not a range: 0 < sigma-min <= sigma-max");
  }
  return range;
}

// What is given over r, which goes from 0 at t = 1 to 1 at t = T; a single step is at the end.
Curve from_first_step(int steps, std::function<Variances(double)> variances) {
  return {[steps, variances = std::move(variances)](double t) {
            return variances(steps == 1 ? 1 : (t - 1) / static_cast<double>(steps - 1));
          },
          1};
}

Curve exploding(int steps, std::function<double(double)> sigma) {
  return from_first_step(steps, [sigma = std::move(sigma)](double r) {
    const double s = sigma(r);
    return Variances{1, s * s};
  });
}

}  // namespace

double value_of(const ParameterValues& values, std::string_view name) {
  return values.find(name)->second;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

std::function<double(double)> sigmoid_curve(const ParameterValues& values) {
  const double start = value_of(values, "start");
  const double end = value_of(values, "end");
  const double tau = value_of(values, "tau");
  const double first = logistic(start / tau);
  const double last = logistic(end / tau);
  if (!(tau > 0 && last > first)) fail("a sigmoid needs tau > 0 and start < end");
  return [=](double u) {
    return (last - logistic((u * (end - start) + start) / tau)) / (last - first);
  };
}

// --- Continuous in u = t / T ---

Curve vp_sde(int steps, const ParameterValues& values) {
  const double d = value_of(values, "beta-d");
  const double min = value_of(values, "beta-min");
  return over_share(steps, [=](double u) { return decayed(d * u * u / 2 + min * u); });
}

// log SNR = -ln(e^(1e-4 + 10 u^2) - 1): DDPM's linear betas in continuous time.
Curve linear_log_snr(int steps, const ParameterValues& /*values*/) {
  return over_share(steps, [](double u) { return decayed(1e-4 + 10 * u * u); });
}

// gamma = -log SNR, linear in u.
Curve vdm(int steps, const ParameterValues& values) {
  const double min = value_of(values, "gamma-min");
  const double max = value_of(values, "gamma-max");
  if (!(min < max)) fail(Named{"gamma-min"}, " ", min, " is not below `gamma-max` ", max);
  return over_share(steps, [=](double u) {
    const double gamma = min + (max - min) * u;
    return Variances{logistic(-gamma), logistic(gamma)};
  });
}

Curve cosine_log_snr(int steps, const ParameterValues& values) {
  const double s = value_of(values, "cosine-s");
  return over_share(steps,
                    [=](double u) { return turned((u + s) / (1 + s) * std::numbers::pi / 2); });
}

// alpha_bar is that of the cosine between bounds, so that neither end is all image or all noise;
// its first point is u = 0.
Curve wuerstchen(int steps, const ParameterValues& values) {
  const double s = value_of(values, "cosine-s");
  const double scaler = value_of(values, "scaler");
  if (!(scaler > 0)) fail(Named{"scaler"}, " must be positive");
  if (!(s > -1)) fail(Named{"cosine-s"}, " must be over -1");
  const auto curve = [s](double u) {
    return std::pow(std::cos((u + s) / (1 + s) * std::numbers::pi / 2), 2);
  };
  return from_first_step(steps, [=](double u) {
    constexpr double kLeast = 1e-4;
    const double scaled = scaler > 1 ? 1 - std::pow(1 - u, scaler) : std::pow(u, scaler);
    const double alpha_bar = std::clamp(curve(scaled) / curve(0), kLeast, 1 - kLeast);
    return Variances{alpha_bar, 1 - alpha_bar};
  });
}

Curve shifted_cosine(int steps, const ParameterValues& values) {
  const double shift = value_of(values, "noise-size") / value_of(values, "image-size");
  if (!(shift > 0)) fail(Named{"noise-size"}, " and `image-size` must be positive");
  // log snr = -2 ln tan(angle) + 2 ln shift.
  return over_share(steps, [=](double u) { return turned(std::atan(cosine_tangent(u) / shift)); });
}

// Between the log SNRs that are shifted for two sizes: for the larger one at u = 0, the smaller
// at 1.
Curve interpolated_cosine(int steps, const ParameterValues& values) {
  const double size = value_of(values, "image-size");
  const double low = value_of(values, "noise-size-low");
  const double high = value_of(values, "noise-size-high");
  if (!(size > 0 && low > 0 && low <= high)) {
    fail(Named{"noise-size-low"}, " and `noise-size-high` are not a range: 0 < low <= high");
  }
  return over_share(steps, [=](double u) {
    const double shift = std::exp(u * std::log(low / size) + (1 - u) * std::log(high / size));
    return turned(std::atan(cosine_tangent(u) / shift));
  });
}

Curve trigflow(int steps, const ParameterValues& /*values*/) {
  return over_share(steps, [](double u) {
    return u == 1 ? Variances{0, 1} : turned(u * std::numbers::pi / 2);
  });
}

Curve gamma_linear(int steps, const ParameterValues& values) {
  return scaled_gamma(steps, values, [](double u) { return 1 - u; });
}

Curve gamma_cosine(int steps, const ParameterValues& values) {
  const double start = value_of(values, "start");
  const double end = value_of(values, "end");
  const double tau = value_of(values, "tau");
  const auto curve = [=](double at) {
    return std::pow(std::cos(at * std::numbers::pi / 2), 2 * tau);
  };
  if (!(tau > 0 && 0 <= start && start < end && end <= 1)) {
    fail("gamma-cosine needs tau > 0 and 0 <= start < end <= 1");
  }
  const double first = curve(start);
  const double last = curve(end);
  return scaled_gamma(steps, values, [=](double u) {
    return (last - curve(u * (end - start) + start)) / (last - first);
  });
}

Curve gamma_sigmoid(int steps, const ParameterValues& values) {
  return scaled_gamma(steps, values, sigmoid_curve(values));
}

// --- Variance exploding: alpha = 1 ---

Curve exponential(int steps, const ParameterValues& values) {
  const auto [min, max] = sigma_range(values);
  const double low = std::log(min);
  const double high = std::log(max);
  return exploding(steps, [=](double r) { return std::exp(low + r * (high - low)); });
}

Curve polyexponential(int steps, const ParameterValues& values) {
  const auto [min, max] = sigma_range(values);
  const double low = std::log(min);
  const double high = std::log(max);
  const double rho = value_of(values, "rho");
  if (!(rho > 0)) fail(Named{"rho"}, " must be positive");
  return exploding(steps,
                   [=](double r) { return std::exp(std::pow(r, rho) * (high - low) + low); });
}

Curve karras(int steps, const ParameterValues& values) {
  const auto [min, max] = sigma_range(values);
  const double rho = value_of(values, "rho");
  if (!(rho > 0)) fail(Named{"rho"}, " must be positive");
  const double low = std::pow(min, 1 / rho);
  const double high = std::pow(max, 1 / rho);
  return exploding(steps, [=](double r) { return std::pow(high + (1 - r) * (low - high), rho); });
}

Curve beta_sigmas(int steps, const ParameterValues& values) {
  const SigmaRange range = sigma_range(values);
  const double a = value_of(values, "beta-a");
  const double b = value_of(values, "beta-b");
  if (!(a > 0 && b > 0)) fail(Named{"beta-a"}, " and `beta-b` must be positive");
  return exploding(steps, [=](double r) {
    const double share = r == 0 || r == 1 ? r : beta_quantile(r, a, b);
    return range.min + share * (range.max - range.min);
  });
}

Curve vp_sigmas(int steps, const ParameterValues& values) {
  const double d = value_of(values, "beta-d");
  const double min = value_of(values, "beta-min");
  const double eps = value_of(values, "eps-s");
  if (!(eps > 0 && eps <= 1)) fail(Named{"eps-s"}, " is outside (0, 1]");
  return exploding(steps, [=](double r) {
    const double u = eps + r * (1 - eps);
    return std::sqrt(std::expm1(d * u * u / 2 + min * u));
  });
}

// --- Rectified flow: x_t = (1 - u) x_0 + u eps ---

Curve flow(int steps, const ParameterValues& values) {
  // Larger images need more noise: SD3 (arXiv:2403.03206, eq. 23) shifts by the ratio of sides.
  const double shift =
      value_of(values, "shift") * value_of(values, "image-size") / value_of(values, "noise-size");
  if (!(shift > 0 && std::isfinite(shift))) {
    fail("`shift`, `image-size` and `noise-size` must be positive");
  }
  return over_share(steps, [=](double s) {
    const double whole = 1 + (shift - 1) * s;
    const double alpha = (1 - s) / whole;  // 1 - u without cancellation
    const double u = shift * s / whole;
    return Variances{alpha * alpha, u * u};
  });
}

}  // namespace qsample::formulas
