// How a spec becomes a schedule: defaults, modifiers of betas, and the rounding of diffusers.

#include <algorithm>
#include <cmath>

#include "base/fail.h"
#include "qsample/schedule.h"

namespace qsample {
namespace {

// CogVideoX: snr / c at every t. With alpha_bar' = alpha_bar / (c + (1 - c) alpha_bar), the betas
// become beta'_t = c beta_t alpha_bar'_t / alpha_bar_t, without a difference of near equals.
std::vector<double> with_snr_shift(const std::vector<double>& betas, double c) {
  if (!(c > 0 && std::isfinite(c))) fail(Named{"snr-shift"}, " must be positive");
  std::vector<double> out;
  out.reserve(betas.size());
  double alpha_bar = 1;
  double rest = 0;  // 1 - alpha_bar, without a difference
  for (const double beta : betas) {
    rest += beta * alpha_bar;
    alpha_bar *= 1 - beta;
    out.push_back(beta == 1 ? 1 : std::min(1.0, c * beta / (c * rest + alpha_bar)));
  }
  return out;
}

// Algorithm 1 of arXiv:2305.08891 on s_t = sqrt(alpha_bar_t): s'_t = (s_t - s_T) s_1 / (s_1 - s_T).
// beta'_t = (s'_{t-1}^2 - s'_t^2) / s'_{t-1}^2, with differences of s taken from beta itself.
std::vector<double> with_zero_terminal_snr(const std::vector<double>& betas) {
  std::vector<double> s;
  s.reserve(betas.size());
  double alpha_bar = 1;
  for (const double beta : betas) s.push_back(std::sqrt(alpha_bar *= 1 - beta));
  if (!(s.front() > s.back())) fail("zero terminal SNR needs a schedule of two steps or more");
  auto out = betas;
  out.back() = 1;
  if (s.back() == 0) return out;  // to within a double: nothing to shift, and none to divide by
  const double scale = s.front() / (s.front() - s.back());
  for (std::size_t i = 1; i + 1 < s.size(); ++i) {
    const double before = (s[i - 1] - s.back()) * scale;
    const double now = (s[i] - s.back()) * scale;
    const double drop = betas[i] * s[i - 1] * s[i - 1] / (s[i - 1] + s[i]) * scale;
    out[i] = drop * (before + now) / (before * before);
  }
  return out;
}

// The last beta such that alpha_bar ends at `least`.
double last_beta(const std::vector<double>& betas, double least) {
  double before = 1;
  for (std::size_t i = 0; i + 1 < betas.size(); ++i) before *= 1 - betas[i];
  if (!(least < before)) {
    fail(
        "alpha_bar is to end at ", least, " and is ", before,
        " one step before: the signal-to-noise ratio would rise; take a smaller beta_end, or leave "
        "out the rescaling to zero SNR");
  }
  return 1 - least / before;
}

std::vector<double> betas_of(const ScheduleSpec& spec) {
  auto betas = spec.betas.empty()
                   ? find_schedule_family(spec.name).betas(spec.steps, spec.parameters)
                   : spec.betas;
  if (spec.snr_shift != 1) betas = with_snr_shift(betas, spec.snr_shift);
  if (spec.zero_terminal_snr) betas = with_zero_terminal_snr(betas);
  if (spec.least_alpha_bar > 0) betas.back() = last_beta(betas, spec.least_alpha_bar);
  return betas;
}

// --- As diffusers computes them: betas in float32, their product rounded to float32 at each t ---

// torch.linspace as version 1.13 rounds with AVX2: from the nearer end,
// in vectors of eight whose first element is one fused multiply-add, two vectors at a time; what is
// left goes one by one.
std::vector<float> linspace32(float first, float last, int count) {
  constexpr int kLanes = 8;
  const int in_vectors = count / (2 * kLanes) * (2 * kLanes);
  std::vector<float> out(static_cast<std::size_t>(count), first);
  if (count == 1) return out;
  const float stride = (last - first) / static_cast<float>(count - 1);
  const auto exactly = [&](int i) {
    return i < count / 2 ? std::fma(stride, static_cast<float>(i), first)
                         : std::fma(-stride, static_cast<float>(count - 1 - i), last);
  };
  for (int i = 0; i < count; ++i) {
    const int vector = i / kLanes * kLanes;
    out[static_cast<std::size_t>(i)] =
        i < in_vectors ? exactly(vector) + static_cast<float>(i - vector) * stride : exactly(i);
  }
  return out;
}

std::vector<float> betas32_of(const ScheduleSpec& spec) {
  const auto value = [&](std::string_view name) {
    return static_cast<float>(spec.parameters.find(name)->second);
  };
  if (spec.name == "linear") return linspace32(value("beta-start"), value("beta-end"), spec.steps);
  if (spec.name == "quad") {
    const auto root = [&](std::string_view name) {
      return static_cast<float>(std::sqrt(spec.parameters.find(name)->second));
    };
    auto betas = linspace32(root("beta-start"), root("beta-end"), spec.steps);
    for (float& beta : betas) beta *= beta;
    return betas;
  }
  if (spec.name == "sigmoid") {
    const auto span =
        static_cast<float>(spec.parameters.at("beta-end") - spec.parameters.at("beta-start"));
    auto betas = linspace32(-6, 6, spec.steps);
    for (float& beta : betas) beta = 1 / (1 + std::exp(-beta)) * span + value("beta-start");
    return betas;
  }
  // Elsewhere diffusers computes in float64 and rounds.
  const auto betas = spec.betas.empty()
                         ? find_schedule_family(spec.name).betas(spec.steps, spec.parameters)
                         : spec.betas;
  return {betas.begin(), betas.end()};
}

// Products of 1 - beta are float64 and stored as float32.
std::vector<float> products32(const std::vector<float>& betas) {
  std::vector<float> out;
  out.reserve(betas.size());
  double product = 1;
  for (const float beta : betas) {
    product *= static_cast<double>(1 - beta);
    out.push_back(static_cast<float>(product));
  }
  return out;
}

void rescale_to_zero_snr32(std::vector<float>& betas) {
  auto s = products32(betas);
  for (float& v : s) v = std::sqrt(v);
  const float first = s.front();
  const float last = s.back();
  if (!(first > last)) fail("zero terminal SNR needs a schedule of two steps or more");
  for (float& v : s) v = (v - last) * (first / (first - last));
  for (std::size_t i = 0; i < s.size(); ++i) {
    const float now = s[i] * s[i];
    betas[i] = 1 - (i == 0 ? now : now / (s[i - 1] * s[i - 1]));
  }
}

// Squares of what float32 makes of alpha_bar; each is exact in float64, and so is its root.
Variances variances32(float alpha_bar, const ScheduleSpec& spec) {
  const auto square = [](float v) { return static_cast<double>(v) * static_cast<double>(v); };
  if (!spec.unscaled && spec.precision == Precision::float32) return {alpha_bar, 1 - alpha_bar};
  if (alpha_bar == 0) {
    fail(
        "alpha_bar ends at 0, where sigma / alpha does not exist; this form needs a "
        "`least-alpha-bar`");
  }
  const float sigma = std::sqrt((1 - alpha_bar) / alpha_bar);
  if (spec.unscaled) return {1, square(sigma)};
  const float alpha = 1 / std::sqrt(sigma * sigma + 1);
  return {square(alpha), square(sigma * alpha)};
}

NoiseSchedule single_precision_schedule(const ScheduleSpec& spec) {
  if (spec.snr_shift != 1)
    fail(Named{"snr-shift"}, " is computed in float64; leave out `precision` ",
         precision_name(spec.precision));
  auto betas = betas32_of(spec);
  for (std::size_t i = 0; i < betas.size(); ++i) {
    if (!(betas[i] > 0 && betas[i] <= 1)) {
      fail("beta_", i + 1, " = ", betas[i], " is outside (0, 1]");
    }
  }
  if (spec.zero_terminal_snr) rescale_to_zero_snr32(betas);
  auto products = products32(betas);
  if (spec.least_alpha_bar > 0) products.back() = static_cast<float>(spec.least_alpha_bar);
  std::vector<Variances> variances;
  variances.reserve(products.size());
  for (const float alpha_bar : products) variances.push_back(variances32(alpha_bar, spec));
  return NoiseSchedule::from_variances(variances, std::vector<double>(betas.begin(), betas.end()));
}

// What only schedules made of betas have.
void check_modifiers(const ScheduleSpec& spec, const std::string& what) {
  if (spec.zero_terminal_snr || spec.snr_shift != 1) {
    fail(what, " is not made of betas, so it does not use ",
         Named{spec.zero_terminal_snr ? "zero-terminal-snr" : "snr-shift"});
  }
  if (spec.precision != Precision::float64) {
    fail(what, " is not made of betas; `precision` ", precision_name(spec.precision),
         " is for those that are");
  }
}

}  // namespace

std::string_view precision_name(Precision precision) {
  switch (precision) {
    case Precision::float64: return "float64";
    case Precision::float32: return "float32";
    case Precision::float32_sigmas: return "float32-sigmas";
  }
  return {};
}

ScheduleSpec resolved(const ScheduleSpec& spec) {
  ScheduleSpec out = spec;
  if (spec.least_alpha_bar != 0 && !spec.zero_terminal_snr) {
    fail(Named{"least-alpha-bar"}, " goes with `zero-terminal-snr`");
  }
  if (!(spec.least_alpha_bar >= 0 && spec.least_alpha_bar < 1)) {
    fail(Named{"least-alpha-bar"}, " ", spec.least_alpha_bar, " is outside [0, 1)");
  }
  if (!spec.betas.empty() || !spec.table.empty()) {
    if (!spec.parameters.empty()) {
      fail("a schedule from a file does not use ", Named{spec.parameters.begin()->first});
    }
    out.name = spec.table.empty() ? "betas" : "table";
    out.steps = static_cast<int>(spec.table.empty() ? spec.betas.size() : spec.table.size());
    if (!spec.table.empty()) check_modifiers(spec, "a table of alpha and sigma");
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
      fail("schedule '", spec.name, "' does not use ", Named{entry.first});
    }
    if (!std::isfinite(entry.second)) fail(Named{entry.first}, " is not a finite number");
  }
  if (family.betas == nullptr) check_modifiers(spec, "schedule '" + spec.name + "'");
  return out;
}

NoiseSchedule make_schedule(const ScheduleSpec& spec) {
  const ScheduleSpec full = resolved(spec);
  if (full.steps < 1 || full.steps > kMaxSteps) {
    fail("a schedule has 1 to ", kMaxSteps, " steps, not ", full.steps);
  }
  if (full.precision != Precision::float64) return single_precision_schedule(full);
  const auto schedule = [&] {
    if (!full.table.empty()) return NoiseSchedule::from_variances(full.table, full.betas);
    const bool by_betas = !full.betas.empty() || find_schedule_family(full.name).betas != nullptr;
    if (by_betas) return NoiseSchedule::from_betas(betas_of(full));
    return NoiseSchedule::from_variances(
        find_schedule_family(full.name).variances(full.steps, full.parameters));
  }();
  return full.unscaled ? schedule.unscaled() : schedule;
}

}  // namespace qsample
