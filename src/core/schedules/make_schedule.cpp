// How a spec becomes a schedule: defaults, modifiers, and the rounding of diffusers.

#include <algorithm>
#include <cmath>

#include "base/fail.h"
#include "qsample/schedule_modifiers.h"

namespace qsample {
namespace {

std::vector<double> betas_of(const ScheduleSpec& spec) {
  auto betas = spec.betas.empty()
                   ? find_schedule_family(spec.name).betas(spec.steps, spec.parameters)
                   : spec.betas;
  for (const ScheduleModifier& modifier : schedule_modifiers()) {
    if (modifier.betas && modifier.is_set(spec)) betas = modifier.betas(betas, modifier.get(spec));
  }
  return betas;
}

// --- As diffusers computes them: betas in float32, their product rounded to float32 at each t ---

// torch.linspace as it rounds with AVX2: from the nearer end, each by a fused multiply-add. Version
// 1.13 so takes the first of eight, and goes on from there, two times eight at a time; what is left
// goes one by one.
std::vector<float> linspace32(float first, float last, int count, TorchVersion torch) {
  constexpr int kLanes = 8;
  const int in_vectors = torch == TorchVersion::v1_13 ? count / (2 * kLanes) * (2 * kLanes) : 0;
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
  if (spec.name == "linear")
    return linspace32(value("beta-start"), value("beta-end"), spec.steps, spec.torch);
  if (spec.name == "quad") {
    const auto root = [&](std::string_view name) {
      return static_cast<float>(std::sqrt(spec.parameters.find(name)->second));
    };
    auto betas = linspace32(root("beta-start"), root("beta-end"), spec.steps, spec.torch);
    for (float& beta : betas) beta *= beta;
    return betas;
  }
  if (spec.name == "sigmoid") {
    const auto span =
        static_cast<float>(spec.parameters.at("beta-end") - spec.parameters.at("beta-start"));
    auto betas = linspace32(-6, 6, spec.steps, spec.torch);
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
  if (!spec.unscaled && spec.precision != Precision::float32_sigmas)
    return {alpha_bar, 1 - alpha_bar};
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

// What alpha_bar is where nothing before it is rounded.
NoiseSchedule rounded_alphas_schedule(const ScheduleSpec& spec) {
  const auto schedule = NoiseSchedule::from_betas(betas_of(spec));
  std::vector<Variances> variances;
  std::vector<double> betas;
  for (int t = 1; t <= schedule.steps(); ++t) {
    const auto alpha_bar = static_cast<float>(schedule.alpha_bar(t));
    if (spec.unscaled && alpha_bar == 0 && t > 1) break;
    variances.push_back(variances32(alpha_bar, spec));
    betas.push_back(schedule.beta(t));
  }
  return NoiseSchedule::from_variances(variances, betas);
}

NoiseSchedule single_precision_schedule(const ScheduleSpec& spec) {
  if (spec.precision == Precision::float32_alphas) return rounded_alphas_schedule(spec);
  for (const ScheduleModifier& modifier : schedule_modifiers()) {
    if (modifier.betas && !modifier.in_float32 && modifier.is_set(spec)) {
      fail(Named{modifier.name}, " is computed in float64; `precision` ",
           precision_name(Precision::float32_alphas), " rounds what comes of it");
    }
  }
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
  for (const float alpha_bar : products) {
    if (spec.unscaled && alpha_bar == 0 && !variances.empty()) break;
    variances.push_back(variances32(alpha_bar, spec));
  }
  const auto kept = betas.begin() + static_cast<std::ptrdiff_t>(variances.size());
  return NoiseSchedule::from_variances(variances, std::vector<double>(betas.begin(), kept));
}

// Throws for modifiers that are only for schedules made of betas, of a schedule that is not. The
// last that changes betas is told first, and those that say how they are rounded after them.
void check_scope(const ScheduleSpec& spec, const std::string& what) {
  const auto modifiers = schedule_modifiers();
  const auto is_wrong = [&](const ScheduleModifier& modifier) {
    return modifier.scope == ScheduleModifier::Scope::betas && modifier.is_set(spec);
  };
  for (std::size_t i = modifiers.size(); i-- > 0;) {
    const ScheduleModifier& modifier = modifiers[i];
    // What goes with another is none without it.
    if (modifier.kind == ScheduleModifier::Kind::choice || !modifier.goes_with.empty()) continue;
    if (is_wrong(modifier)) {
      fail(what, " is not made of betas, so it does not use ", Named{modifier.name});
    }
  }
  for (const ScheduleModifier& modifier : modifiers) {
    if (modifier.kind == ScheduleModifier::Kind::choice && is_wrong(modifier)) {
      fail(what, " is not made of betas; ", Named{modifier.name}, " ", modifier.word(spec),
           " is for those that are");
    }
  }
}

void check_modifiers(const ScheduleSpec& spec) {
  const auto modifiers = schedule_modifiers();
  for (const ScheduleModifier& modifier : modifiers) {
    const auto other =
        std::find_if(modifiers.begin(), modifiers.end(),
                     [&](const ScheduleModifier& one) { return one.name == modifier.goes_with; });
    if (other != modifiers.end() && modifier.is_set(spec) && !other->is_set(spec)) {
      fail(Named{modifier.name}, " goes with `", other->name, "`");
    }
    if (modifier.check != nullptr) modifier.check(modifier.get(spec));
  }
}

// Throws for what only a scheduler_config.json makes a table of.
void check_no_config(const ScheduleSpec& spec) {
  for (const ScheduleModifier& modifier : schedule_modifiers()) {
    if (modifier.scope == ScheduleModifier::Scope::config && modifier.is_set(spec)) {
      fail(Named{modifier.name}, " goes with a scheduler_config.json");
    }
  }
}

}  // namespace

ScheduleSpec resolved(const ScheduleSpec& spec) {
  ScheduleSpec out = spec;
  check_modifiers(spec);
  if (!spec.betas.empty() || !spec.table.empty()) {
    if (!spec.parameters.empty()) {
      fail("a schedule from a file does not use ", Named{spec.parameters.begin()->first});
    }
    out.name = spec.table.empty() ? "betas" : "table";
    out.steps = static_cast<int>(spec.table.empty() ? spec.betas.size() : spec.table.size());
    if (!spec.table.empty())
      check_scope(spec, "a table of alpha and sigma");
    else
      check_no_config(spec);
    return out;
  }
  check_no_config(spec);
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
  if (family.betas == nullptr) check_scope(spec, "schedule '" + spec.name + "'");
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
    const Curve curve = find_schedule_family(full.name).curve(full.steps, full.parameters);
    std::vector<Variances> variances;
    for (int t = 1; t <= full.steps; ++t) variances.push_back(curve.at(t));
    return NoiseSchedule::from_variances(variances);
  }();
  return full.unscaled ? schedule.unscaled() : schedule;
}

}  // namespace qsample
