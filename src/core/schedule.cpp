#include "qsample/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numbers>
#include <sstream>

#include "qsample/error.h"

namespace qsample {
namespace {

constexpr int kMaxSteps = 1'000'000;

// What beta = 1 takes off the exponent of alpha_bar: no product of other betas comes near it.
constexpr std::int64_t kVanished = std::int64_t{1} << 28;

template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream text;
  text.precision(17);
  (text << ... << parts);
  throw InvalidArgument(text.str());
}

void check_steps(std::int64_t steps) {
  if (steps < 1 || steps > kMaxSteps) {
    fail("a schedule has 1 to ", kMaxSteps, " steps, not ", steps);
  }
}

double value_of(const ParameterValues& values, std::string_view name) {
  return values.find(name)->second;
}

// `count` numbers from `first` to `last`, both included; `first` alone where count is 1.
std::vector<double> linspace(double first, double last, int count) {
  std::vector<double> out(static_cast<std::size_t>(count), first);
  const double stride = count > 1 ? (last - first) / (count - 1) : 0;
  for (int i = 0; i < count; ++i) out[static_cast<std::size_t>(i)] = first + i * stride;
  return out;
}

std::vector<double> linear_betas(int steps, const ParameterValues& values) {
  return linspace(value_of(values, "beta-start"), value_of(values, "beta-end"), steps);
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

std::vector<double> sigmoid_betas(int steps, const ParameterValues& values) {
  const double start = value_of(values, "beta-start");
  const double end = value_of(values, "beta-end");
  auto betas = linspace(-6, 6, steps);
  for (double& beta : betas) beta = start + (end - start) / (1 + std::exp(-beta));
  return betas;
}

// Betas of a curve alpha_bar(u), u in [0, 1], each capped.
std::vector<double> betas_of_curve(int steps, double max_beta,
                                   const std::function<double(double)>& alpha_bar) {
  std::vector<double> betas(static_cast<std::size_t>(steps));
  for (int i = 0; i < steps; ++i) {
    const double ratio =
        alpha_bar((i + 1) / static_cast<double>(steps)) / alpha_bar(i / static_cast<double>(steps));
    betas[static_cast<std::size_t>(i)] = std::min(1 - ratio, max_beta);
  }
  return betas;
}

std::vector<double> cosine_betas(int steps, const ParameterValues& values) {
  const double s = value_of(values, "cosine-s");
  return betas_of_curve(steps, value_of(values, "max-beta"), [s](double u) {
    const double root = std::cos((u + s) / (1 + s) * std::numbers::pi / 2);
    return root * root;
  });
}

constexpr std::array kLinear = {Parameter{"beta-start", 1e-4}, Parameter{"beta-end", 0.02}};
constexpr std::array kQuad = {Parameter{"beta-start", 0.00085}, Parameter{"beta-end", 0.012}};
constexpr std::array kConst = {Parameter{"beta-end", 0.02}};
constexpr std::array kCosine = {Parameter{"cosine-s", 0.008}, Parameter{"max-beta", 0.999}};

constexpr ScheduleFamily kFamilies[] = {
    {"linear", "", "DDPM, arXiv:2006.11239, section 4", kLinear, linear_betas},
    {"quad", "scaled-linear", "linear in sqrt(beta); Stable Diffusion, arXiv:2112.10752", kQuad,
     quad_betas},
    {"const", "", "every beta the same; code of DDPM, arXiv:2006.11239", kConst, const_betas},
    {"cosine", "squaredcos_cap_v2", "Improved DDPM, arXiv:2102.09672, eq. 17", kCosine,
     cosine_betas},
    {"sigmoid", "", "GeoDiff, arXiv:2203.02923, as in diffusers", kLinear, sigmoid_betas},
};

// Algorithm 1 of arXiv:2305.08891 on s_t = sqrt(alpha_bar_t): s'_t = (s_t - s_T) s_1 / (s_1 - s_T).
// beta'_t = (s'_{t-1}^2 - s'_t^2) / s'_{t-1}^2, with differences of s taken from beta itself.
std::vector<double> with_zero_terminal_snr(const std::vector<double>& betas) {
  std::vector<double> s;
  double alpha_bar = 1;
  for (const double beta : betas) s.push_back(std::sqrt(alpha_bar *= 1 - beta));
  if (!(s.front() > s.back())) fail("zero terminal SNR needs a schedule of two steps or more");
  const double scale = s.front() / (s.front() - s.back());
  auto out = betas;
  for (std::size_t i = 1; i + 1 < s.size(); ++i) {
    const double before = (s[i - 1] - s.back()) * scale;
    const double now = (s[i] - s.back()) * scale;
    const double drop = betas[i] * s[i - 1] * s[i - 1] / (s[i - 1] + s[i]) * scale;
    out[i] = drop * (before + now) / (before * before);
  }
  out.back() = 1;
  return out;
}

}  // namespace

NoiseSchedule NoiseSchedule::from_betas(std::span<const double> betas) {
  check_steps(static_cast<std::int64_t>(betas.size()));
  NoiseSchedule schedule;
  schedule.beta_.assign(betas.begin(), betas.end());
  schedule.signal_power_.push_back({1, 0});
  schedule.noise_power_.push_back(0);
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const double beta = betas[i];
    if (!(beta > 0 && beta <= 1)) fail("beta_", i + 1, " = ", beta, " is outside (0, 1]");
    // 1 - alpha_bar_t = (1 - alpha_bar_{t-1}) + beta_t alpha_bar_{t-1}: only sums of positives.
    const double added = beta * schedule.alpha_bar(static_cast<int>(i));
    Scaled power = schedule.signal_power_.back();
    if (beta == 1) {
      power = {1, power.exponent - kVanished};
    } else {
      int exponent = 0;
      power.value = std::frexp(power.value * (1 - beta), &exponent);
      power.exponent += exponent;
    }
    schedule.signal_power_.push_back(power);
    schedule.noise_power_.push_back(
        beta == 1 ? 1 : std::min(1.0, schedule.noise_power_.back() + added));
  }
  return schedule;
}

void NoiseSchedule::check(int t, int first) const {
  if (t < first || t > steps()) fail("timestep ", t, " is outside ", first, "..", steps());
}

double NoiseSchedule::Scaled::get() const {
  return std::ldexp(value, static_cast<int>(std::max<std::int64_t>(exponent, -10'000)));
}

double NoiseSchedule::beta(int t) const {
  check(t, 1);
  return beta_[static_cast<std::size_t>(t) - 1];
}

double NoiseSchedule::alpha_bar(int t) const {
  check(t, 0);
  return signal_power_[static_cast<std::size_t>(t)].get();
}

double NoiseSchedule::alpha(int t) const { return std::sqrt(alpha_bar(t)); }

double NoiseSchedule::sigma(int t) const {
  check(t, 0);
  return std::sqrt(noise_power_[static_cast<std::size_t>(t)]);
}

double NoiseSchedule::snr(int t) const {
  return alpha_bar(t) / noise_power_[static_cast<std::size_t>(t)];
}

double NoiseSchedule::log_snr(int t) const {
  check(t, 0);
  const Scaled& signal = signal_power_[static_cast<std::size_t>(t)];
  if (signal.exponent <= -kVanished) return -std::numeric_limits<double>::infinity();
  return std::log(signal.value) + static_cast<double>(signal.exponent) * std::numbers::ln2 -
         std::log(noise_power_[static_cast<std::size_t>(t)]);
}

Mix NoiseSchedule::step(int s, int t) const {
  check(s, 0);
  check(t, s + 1);
  const Scaled& from = signal_power_[static_cast<std::size_t>(s)];
  const Scaled& to = signal_power_[static_cast<std::size_t>(t)];
  if (t == s + 1) return {std::sqrt(1 - beta(t)), std::sqrt(beta(t))};
  const double kept = Scaled{to.value / from.value, to.exponent - from.exponent}.get();
  const double variance =
      noise_power_[static_cast<std::size_t>(t)] - kept * noise_power_[static_cast<std::size_t>(s)];
  return {std::sqrt(kept), std::sqrt(variance)};
}

double NoiseSchedule::prior_bits_per_dim(double mean_square) const {
  const double variance = noise_power_.back();
  return (alpha_bar(steps()) * mean_square + variance - 1 - std::log(variance)) /
         (2 * std::numbers::ln2);
}

std::span<const ScheduleFamily> schedule_families() { return kFamilies; }

const ScheduleFamily& find_schedule_family(std::string_view name) {
  for (const ScheduleFamily& family : kFamilies) {
    if (name == family.name || (!family.alias.empty() && name == family.alias)) return family;
  }
  std::string known;
  for (const ScheduleFamily& family : kFamilies) {
    known += (known.empty() ? "" : ", ") + std::string(family.name);
  }
  fail("unknown schedule '", name, "'; known are ", known);
}

ScheduleSpec resolved(const ScheduleSpec& spec) {
  ScheduleSpec out = spec;
  if (!spec.betas.empty()) {
    if (!spec.parameters.empty()) {
      fail("a list of betas does not use ", spec.parameters.begin()->first);
    }
    out.steps = static_cast<int>(spec.betas.size());
    return out;
  }
  const ScheduleFamily& family = find_schedule_family(spec.name);
  out.name = family.name;
  for (const Parameter& parameter : family.parameters) {
    out.parameters.emplace(parameter.name, parameter.default_value);
  }
  for (const auto& entry : spec.parameters) {
    const auto known = [&](const Parameter& parameter) { return parameter.name == entry.first; };
    if (std::none_of(family.parameters.begin(), family.parameters.end(), known)) {
      fail("schedule '", spec.name, "' does not use ", entry.first);
    }
  }
  return out;
}

NoiseSchedule make_schedule(const ScheduleSpec& spec) {
  const ScheduleSpec full = resolved(spec);
  check_steps(full.steps);
  auto betas = full.betas.empty()
                   ? find_schedule_family(full.name).betas(full.steps, full.parameters)
                   : full.betas;
  auto schedule = NoiseSchedule::from_betas(betas);
  if (full.zero_terminal_snr) schedule = NoiseSchedule::from_betas(with_zero_terminal_snr(betas));
  return schedule;
}

}  // namespace qsample
