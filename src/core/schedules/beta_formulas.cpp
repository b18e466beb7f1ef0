// Schedules made of betas: variance preserving, alpha_bar_t = prod (1 - beta_s).

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/fail.h"
#include "core/schedules/schedule_formulas.h"

namespace qsample::formulas {
namespace {

// `count` numbers from `first` to `last`, both included; `first` alone where count is 1.
std::vector<double> linspace(double first, double last, int count) {
  std::vector<double> out(static_cast<std::size_t>(count), first);
  const double stride = count > 1 ? (last - first) / (count - 1) : 0;
  for (int i = 0; i < count; ++i) out[static_cast<std::size_t>(i)] = first + i * stride;
  return out;
}

// Betas of a curve alpha_bar(u), u in [0, 1], each capped.
std::vector<double> betas_of_curve(int steps, const ParameterValues& values,
                                   const std::function<double(double)>& alpha_bar) {
  const double max_beta = value_of(values, "max-beta");
  std::vector<double> betas(static_cast<std::size_t>(steps));
  for (int i = 0; i < steps; ++i) {
    const double ratio =
        alpha_bar((i + 1) / static_cast<double>(steps)) / alpha_bar(i / static_cast<double>(steps));
    betas[static_cast<std::size_t>(i)] = std::min(1 - ratio, max_beta);
  }
  return betas;
}

}  // namespace

std::vector<double> linear_betas(int steps, const ParameterValues& values) {
  return linspace(value_of(values, "beta-start"), value_of(values, "beta-end"), steps);
}

std::vector<double> scaled_betas(int steps, const ParameterValues& values) {
  const double scale = 1000.0 / steps;
  const double end = scale * value_of(values, "beta-end");
  if (end > 1) {
    fail("linear-scaled multiplies its betas by 1000/T, so at T = ", steps, " the last would be ",
         end, ", over 1; use more steps (20 or more by default) or a smaller `beta-end`");
  }
  return linspace(scale * value_of(values, "beta-start"), end, steps);
}

std::vector<double> quad_betas(int steps, const ParameterValues& values) {
  auto betas = linspace(std::sqrt(value_of(values, "beta-start")),
                        std::sqrt(value_of(values, "beta-end")), steps);
  for (double& beta : betas) beta *= beta;
  return betas;
}

std::vector<double> const_betas(int steps, const ParameterValues& values) {
  return linspace(value_of(values, "beta-end"), value_of(values, "beta-end"), steps);
}

std::vector<double> jsd_betas(int steps, const ParameterValues& /*values*/) {
  std::vector<double> betas;
  for (int left = steps; left > 0; --left) betas.push_back(1.0 / left);
  return betas;
}

namespace {

std::vector<double> warmup_betas(int steps, const ParameterValues& values, double fraction) {
  auto betas = const_betas(steps, values);
  const auto rising = linspace(value_of(values, "beta-start"), value_of(values, "beta-end"),
                               static_cast<int>(steps * fraction));
  std::copy(rising.begin(), rising.end(), betas.begin());
  return betas;
}

}  // namespace

std::vector<double> warmup10_betas(int steps, const ParameterValues& values) {
  return warmup_betas(steps, values, 0.1);
}

std::vector<double> warmup50_betas(int steps, const ParameterValues& values) {
  return warmup_betas(steps, values, 0.5);
}

std::vector<double> sigmoid_betas(int steps, const ParameterValues& values) {
  const double start = value_of(values, "beta-start");
  const double end = value_of(values, "beta-end");
  auto betas = linspace(-6, 6, steps);
  for (double& beta : betas) beta = logistic(beta) * (end - start) + start;
  return betas;
}

std::vector<double> cosine_betas(int steps, const ParameterValues& values) {
  const double s = value_of(values, "cosine-s");
  return betas_of_curve(steps, values, [s](double u) {
    const double root = std::cos((u + s) / (1 + s) * std::numbers::pi / 2);
    return root * root;
  });
}

std::vector<double> exp_betas(int steps, const ParameterValues& values) {
  return betas_of_curve(steps, values, [](double u) { return std::exp(-12 * u); });
}

// diffusers takes the square root of snr / (1 + snr) for alpha_bar, and so do we.
std::vector<double> laplace_betas(int steps, const ParameterValues& values) {
  return betas_of_curve(steps, values, [](double u) {
    const double side = u <= 0.5 ? 1 : -1;
    const double log_snr = -0.5 * side * std::log(1 - 2 * std::abs(0.5 - u) + 1e-6);
    const double snr = std::exp(log_snr);
    return std::sqrt(snr / (1 + snr));
  });
}

std::vector<double> sigmoid_jabri_betas(int steps, const ParameterValues& values) {
  return betas_of_curve(steps, values, sigmoid_curve(values));
}

}  // namespace qsample::formulas
