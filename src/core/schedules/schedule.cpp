#include "qsample/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/fail.h"

namespace qsample {
namespace {

// What beta = 1 takes off the exponent of alpha_bar: no product of other betas comes near it.
constexpr std::int64_t kVanished = std::int64_t{1} << 28;

// Leaves room for noise of several sigma below the greatest float32, 3.4e38.
constexpr double kMaxVariance = 1e37 * 1e37;

void check_steps(std::size_t steps) {
  if (steps < 1 || steps > kMaxSteps) {
    fail("a schedule has 1 to ", kMaxSteps, " steps, not ", steps);
  }
}

}  // namespace

NoiseSchedule NoiseSchedule::from_betas(std::span<const double> betas) {
  check_steps(betas.size());
  NoiseSchedule schedule;
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const double beta = betas[i];
    if (std::isnan(beta)) fail("beta_", i + 1, " is not a number");
    if (!(beta > 0 && beta <= 1)) fail("beta_", i + 1, " = ", beta, " is outside (0, 1]");
    // 1 - alpha_bar_t = (1 - alpha_bar_{t-1}) + beta_t alpha_bar_{t-1}: only sums of positives.
    const double added = beta * schedule.alpha_bar(static_cast<int>(i));
    Scaled product = schedule.alpha_squared_.back();
    if (beta == 1) {
      product = {1, product.exponent - kVanished};
    } else {
      int exponent = 0;
      product.value = std::frexp(product.value * (1 - beta), &exponent);
      product.exponent += exponent;
    }
    schedule.beta_.push_back(beta);
    schedule.alpha_squared_.push_back(product);
    schedule.sigma_squared_.push_back(
        beta == 1 ? 1 : std::min(1.0, schedule.sigma_squared_.back() + added));
  }
  return schedule;
}

NoiseSchedule NoiseSchedule::from_variances(std::span<const Variances> variances,
                                            std::span<const double> betas) {
  check_steps(variances.size());
  if (!betas.empty() && betas.size() != variances.size())
    fail("betas and variances differ in number");
  NoiseSchedule schedule;
  for (std::size_t i = 0; i < variances.size(); ++i) {
    const Variances& now = variances[i];
    const int t = static_cast<int>(i) + 1;
    if (!(std::isfinite(now.alpha_squared) && std::isfinite(now.sigma_squared) &&
          now.alpha_squared >= 0 && now.sigma_squared >= 0 &&
          now.alpha_squared + now.sigma_squared > 0)) {
      fail("alpha^2 = ", now.alpha_squared, " and sigma^2 = ", now.sigma_squared, " at t = ", t,
           " are not a schedule");
    }
    if (std::max(now.alpha_squared, now.sigma_squared) > kMaxVariance) {
      fail("sigma = ", std::sqrt(now.sigma_squared), " at t = ", t, " is more than float32 holds");
    }
    const Variances before = i == 0 ? Variances{1, 0} : variances[i - 1];
    if (now.alpha_squared * before.sigma_squared > now.sigma_squared * before.alpha_squared) {
      fail("the signal-to-noise ratio rises from t = ", t - 1, " to t = ", t);
    }
    schedule.alpha_squared_.push_back({now.alpha_squared, 0});
    schedule.sigma_squared_.push_back(now.sigma_squared);
    schedule.beta_.push_back(0);
    schedule.beta_.back() = betas.empty() ? std::pow(schedule.step(t - 1, t).eps, 2) : betas[i];
  }
  return schedule;
}

NoiseSchedule NoiseSchedule::unscaled() const {
  std::vector<Variances> variances;
  for (int t = 1; t <= steps(); ++t) {
    const double kept = alpha_bar(t);
    if (kept == 0) break;
    variances.push_back({1, sigma_squared_[static_cast<std::size_t>(t)] / kept});
  }
  if (variances.empty()) fail("alpha = 0 at t = 1, so x_0 + (sigma / alpha) eps does not exist");
  return from_variances(variances);
}

int NoiseSchedule::add_point(const SchedulePoint& point, Variances variances) {
  const int row = point.before;
  if (!(row >= 0 && row < steps() && point.t >= row && point.t < row + 1)) {
    fail("t = ", point.t, " is between no two rows of its schedule");
  }
  points_.push_back(point);
  alpha_squared_.push_back({variances.alpha_squared, 0});
  sigma_squared_.push_back(variances.sigma_squared);
  return static_cast<int>(sigma_squared_.size()) - 1;
}

const SchedulePoint& NoiseSchedule::point(int t) const {
  check(t, steps() + 1);
  return points_[static_cast<std::size_t>(t - steps()) - 1];
}

bool NoiseSchedule::comes_before(int s, int t) const {
  return time(s) != time(t) ? time(s) < time(t) : s < t;
}

void NoiseSchedule::check(int t, int first) const {
  const auto last = static_cast<int>(sigma_squared_.size()) - 1;
  if (t < first || t > last) fail("timestep ", t, " is outside ", first, "..", last);
}

double NoiseSchedule::Scaled::get() const {
  return std::ldexp(value, static_cast<int>(std::max<std::int64_t>(exponent, -10'000)));
}

double NoiseSchedule::beta(int t) const {
  check(t, 1);
  if (is_point(t)) fail("a point between rows has no beta");
  return beta_[static_cast<std::size_t>(t) - 1];
}

double NoiseSchedule::alpha_bar(int t) const {
  check(t, 0);
  return alpha_squared_[static_cast<std::size_t>(t)].get();
}

double NoiseSchedule::alpha(int t) const { return std::sqrt(alpha_bar(t)); }

double NoiseSchedule::sigma(int t) const {
  check(t, 0);
  return std::sqrt(sigma_squared_[static_cast<std::size_t>(t)]);
}

double NoiseSchedule::snr(int t) const {
  return alpha_bar(t) / sigma_squared_[static_cast<std::size_t>(t)];
}

double NoiseSchedule::log_snr(int t) const {
  check(t, 0);
  const Scaled& kept = alpha_squared_[static_cast<std::size_t>(t)];
  if (kept.exponent <= -kVanished) return -std::numeric_limits<double>::infinity();
  return std::log(kept.value) + static_cast<double>(kept.exponent) * std::numbers::ln2 -
         std::log(sigma_squared_[static_cast<std::size_t>(t)]);
}

Process NoiseSchedule::process() const {
  constexpr double kTolerance = 1e-6;  // of tables in float32
  bool preserving = true;
  bool exploding = true;
  bool flow = true;
  for (int t = 1; t <= steps(); ++t) {
    preserving = preserving && std::abs(alpha_bar(t) + sigma(t) * sigma(t) - 1) < kTolerance;
    exploding = exploding && alpha(t) == 1;
    flow = flow && std::abs(alpha(t) + sigma(t) - 1) < kTolerance;
  }
  if (exploding) return Process::exploding;
  // Both, where a schedule has nothing between the image and the noise.
  if (preserving == flow) return Process::other;
  return preserving ? Process::preserving : Process::flow;
}

std::string_view velocity_formula(Process process) {
  switch (process) {
    case Process::preserving: return "alpha eps - sigma x0";
    case Process::exploding: return "(eps - sigma x0) / sqrt(1 + sigma^2)";
    case Process::flow: return "eps - x0";
    case Process::other: break;
  }
  return {};
}

Mix NoiseSchedule::velocity(int t) const {
  switch (process()) {
    case Process::preserving: return {-sigma(t), alpha(t)};
    case Process::exploding: {
      const double size = std::hypot(1, sigma(t));
      return {-sigma(t) / size, 1 / size};
    }
    case Process::flow: return {-1, 1};
    case Process::other: break;
  }
  fail(
      "no v is known for this schedule: it neither preserves the variance nor leaves the image "
      "unscaled, and is no flow of several steps");
}

Mix NoiseSchedule::step(int s, int t) const {
  check(s, 0);
  check(t, 0);
  if (!comes_before(s, t)) fail("timestep ", t, " is not behind ", s);
  const Scaled& from = alpha_squared_[static_cast<std::size_t>(s)];
  const Scaled& to = alpha_squared_[static_cast<std::size_t>(t)];
  // Of nothing nothing can be kept: x_t is fresh noise.
  if (from.value == 0) return {0, sigma(t)};
  const double kept = Scaled{to.value / from.value, to.exponent - from.exponent}.get();
  const double variance = sigma_squared_[static_cast<std::size_t>(t)] -
                          kept * sigma_squared_[static_cast<std::size_t>(s)];
  return {std::sqrt(kept), std::sqrt(std::max(variance, 0.0))};
}

Posterior NoiseSchedule::posterior(int s, int t) const {
  const Mix step_mix = step(s, t);
  const double step_variance = step_mix.eps * step_mix.eps;
  const double variance_s = sigma_squared_[static_cast<std::size_t>(s)];
  const double variance_t = sigma_squared_[static_cast<std::size_t>(t)];
  return {alpha(s) * step_variance / variance_t, step_mix.x0 * variance_s / variance_t,
          step_variance * variance_s / variance_t};
}

Bridge NoiseSchedule::bridge(int a, int m, int c) const {
  // A Gaussian chain: the precision-weighted mean of what both ends say.
  const Mix before = step(a, m);
  const Mix after = step(m, c);
  const double var_before = before.eps * before.eps;
  const double var_after = after.eps * after.eps;
  const double var_both = var_after + after.x0 * after.x0 * var_before;
  // Where nothing is added between a and c, the chain follows a.
  if (!(var_both > 0)) return {before.x0, 0, 0};
  return {before.x0 * var_after / var_both, after.x0 * var_before / var_both,
          before.eps * after.eps / std::sqrt(var_both)};
}

double NoiseSchedule::prior_bits_per_dim(double mean_square) const {
  const double variance = sigma_squared_[static_cast<std::size_t>(steps())];
  return (alpha_bar(steps()) * mean_square + variance - 1 - std::log(variance)) /
         (2 * std::numbers::ln2);
}

}  // namespace qsample
