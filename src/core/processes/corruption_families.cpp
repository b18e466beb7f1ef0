// The table of processes: one row each.

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>
#include <string>
#include <vector>

#include "base/fail.h"
#include "base/nearest_name.h"
#include "qsample/processes/corruption.h"

namespace qsample {
namespace {

constexpr std::array kBlur = {Parameter{"blur-sigma-max", 20}, Parameter{"blur-min-scale", 0.001}};
constexpr std::array kHeat = {Parameter{"blur-sigma-min", 0.5}, Parameter{"blur-sigma-max", 20}};
// x_t = B_t x_0 + 0.01 eps at every t.
constexpr std::array kHeatNoise = {Parameter{"sigma-min", 0.01}, Parameter{"sigma-max", 0.01}};

double value_of(const ParameterValues& values, std::string_view name) {
  return values.find(name)->second;
}

void check_nothing(const ParameterValues& /*values*/) {}

void check_blur(const ParameterValues& values) {
  if (!(value_of(values, "blur-sigma-max") > 0)) {
    fail(Named{"blur-sigma-max"}, " must be positive");
  }
  const double least = value_of(values, "blur-min-scale");
  if (!(least >= 0 && least < 1)) fail(Named{"blur-min-scale"}, ": ", least, " is outside [0, 1)");
}

void check_heat(const ParameterValues& values) {
  const double min = value_of(values, "blur-sigma-min");
  const double max = value_of(values, "blur-sigma-max");
  if (!(min > 0 && min <= max)) {
    fail(Named{"blur-sigma-min"}, " ", min, " and `blur-sigma-max` ", max,
         " are not a range: 0 < blur-sigma-min <= blur-sigma-max");
  }
}

Blur sine_squared_blur(double t, int steps, const ParameterValues& values) {
  const double sine = std::sin(t / steps * std::numbers::pi / 2);
  return {value_of(values, "blur-sigma-max") * sine * sine, value_of(values, "blur-min-scale")};
}

// From t = 1 to T evenly in the logarithm; a single step is at the end.
Blur log_spaced_blur(double t, int steps, const ParameterValues& values) {
  const double min = value_of(values, "blur-sigma-min");
  const double max = value_of(values, "blur-sigma-max");
  if (steps > 1 && t < 1) return {t * min, 0};
  if (t == 0) return {};
  const double share = steps == 1 ? 1 : (t - 1) / (steps - 1);
  return {min * std::exp(share * std::log(max / min)), 0};
}

constexpr std::string_view kMixed = "alpha x0 + sigma eps";
constexpr std::string_view kBlurred = "alpha blur(x0) + sigma eps";
constexpr std::string_view kDrawn = "drawn from q(x_t | x0)";

constexpr CorruptionFamily kFamilies[] = {
    {"gaussian",
     "DDPM, arXiv:2006.11239, eq. 4",
     kMixed,
     {},
     "linear",
     {},
     check_nothing,
     nullptr,
     {}},
    {"blur",
     "Blurring Diffusion Models, arXiv:2209.05557, with the constants of its code",
     kBlurred,
     kBlur,
     "linear",
     {},
     check_blur,
     sine_squared_blur,
     {}},
    {"heat",
     "Inverse Heat Dissipation, arXiv:2206.13397, with the noise and the least blur of its code",
     kBlurred,
     kHeat,
     "exponential",
     kHeatNoise,
     check_heat,
     log_spaced_blur,
     {}},
    {"d3pm-uniform",
     "D3PM, arXiv:2107.03006, appendix A.2.1",
     kDrawn,
     {},
     "linear",
     {},
     check_nothing,
     nullptr,
     Transition::uniform},
    {"d3pm-absorbing",
     "D3PM, appendix A.2.2, with the betas of section 3.2",
     kDrawn,
     {},
     "jsd",
     {},
     check_nothing,
     nullptr,
     Transition::absorbing},
    {"d3pm-gaussian",
     "D3PM, appendix A.2.3",
     kDrawn,
     {},
     "linear",
     {},
     check_nothing,
     nullptr,
     Transition::gaussian},
};

}  // namespace

std::span<const CorruptionFamily> corruption_families() { return kFamilies; }

const CorruptionFamily& find_corruption_family(std::string_view name) {
  std::vector<std::string_view> names;
  std::string known;
  for (const CorruptionFamily& family : kFamilies) {
    if (family.name == name) return family;
    names.push_back(family.name);
    known += (known.empty() ? "" : ", ") + std::string(family.name);
  }
  const std::string_view near = nearest_name(name, names);
  fail(Named{"process"}, ": '", name, "' is unknown", near.empty() ? "" : "; did you mean ", near,
       "; known are ", known);
}

std::optional<Blur> Corruption::blur(const NoiseSchedule& schedule, int t) const {
  if (family->blur == nullptr) return std::nullopt;
  return family->blur(schedule.time(t), schedule.steps(), parameters);
}

Corruption resolved(const Corruption& corruption) {
  Corruption out = corruption;
  const CorruptionFamily& family = *out.family;
  for (const Parameter& parameter : family.parameters) {
    out.parameters.emplace(parameter.name, parameter.default_value);
  }
  for (const auto& entry : out.parameters) {
    if (std::none_of(family.parameters.begin(), family.parameters.end(),
                     [&](const Parameter& parameter) { return parameter.name == entry.first; })) {
      fail(Named{entry.first}, " is not used by `process` ", family.name);
    }
    if (!std::isfinite(entry.second)) fail(Named{entry.first}, " is not a finite number");
  }
  family.check(out.parameters);
  return out;
}

ScheduleSpec usual_schedule(const CorruptionFamily& family) {
  ScheduleSpec spec;
  spec.name = family.schedule;
  for (const Parameter& parameter : family.schedule_parameters) {
    spec.parameters.emplace(parameter.name, parameter.default_value);
  }
  return spec;
}

}  // namespace qsample
