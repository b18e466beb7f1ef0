// The table of laws: one row each.

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "base/fail.h"
#include "core/sampling/quantiles.h"
#include "qsample/sampling/timestep_law.h"

namespace qsample {
namespace {

using Values = std::span<const double>;
using Parameter = TimestepLaw::Parameter;
using Variable = TimestepLaw::Variable;

double sigmoid(double x) {
  return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
}

double uniform(double p, Values /*none*/) { return p; }

double logit_normal(double p, Values v) { return sigmoid(v[0] + v[1] * normal_quantile(p)); }

// u = 1 - v - s (cos^2(pi v / 2) - 1 + v) of a uniform v falls in v: its quantile is u at 1 - p.
double mode(double p, Values v) {
  const double c = std::cos(std::numbers::pi / 2 * (1 - p));
  return p - v[0] * (c * c - p);
}

double cosine_map(double p, Values /*none*/) {
  const double tangent = std::tan(std::numbers::pi / 2 * p);
  return tangent / (1 + tangent);
}

double scaled_sigmoid(double p, Values v) { return sigmoid(v[0] * normal_quantile(p)); }

double shifted(double p, double shift) { return shift * p / (1 + (shift - 1) * p); }

double shifted_uniform(double p, Values v) { return shifted(p, v[0]); }

double shifted_sigmoid(double p, Values v) { return shifted(scaled_sigmoid(p, v), v[1]); }

double beta(double p, Values v) { return shifted(beta_quantile(p, v[0], v[1]), v[2]); }

double log_normal(double p, Values v) { return std::exp(v[0] + v[1] * normal_quantile(p)); }

constexpr Parameter kNormal[] = {{"mean", 0, false}, {"std", 1, true}};
constexpr Parameter kModeScale[] = {{"scale", 1.29, false}};
constexpr Parameter kScale[] = {{"scale", 1, true}};
constexpr Parameter kShift[] = {{"shift", 3, true}};
constexpr Parameter kScaleAndShift[] = {{"scale", 1, true}, {"shift", 3, true}};
constexpr Parameter kBeta[] = {{"a", 2, true}, {"b", 2, true}, {"shift", 1, true}};
constexpr Parameter kSigma[] = {{"mean", -1.2, false}, {"std", 1.2, true}};

constexpr TimestepLaw kLaws[] = {
    {"uniform", Variable::level, {}, "DDPM, and nearly every trainer", uniform},
    {"logit-normal", Variable::position, kNormal,
     "SD3 (arXiv:2403.03206), weighting_scheme logit_normal of diffusers", logit_normal},
    {"mode", Variable::position, kModeScale,
     "SD3 (arXiv:2403.03206), weighting_scheme mode of diffusers", mode},
    {"cosmap", Variable::level, {}, "SD3 (arXiv:2403.03206), COS_MAP of OneTrainer", cosine_map},
    {"sigmoid", Variable::level, kScale, "timestep_sampling sigmoid of kohya's sd-scripts",
     scaled_sigmoid},
    {"shift", Variable::level, kShift, "UNIFORM with timestep_shift of OneTrainer",
     shifted_uniform},
    {"sigmoid-shift", Variable::level, kScaleAndShift,
     "timestep_sampling shift of kohya's sd-scripts", shifted_sigmoid},
    {"beta", Variable::level, kBeta, "BETA of OneTrainer, with timestep_shift", beta},
    {"log-normal", Variable::sigma, kSigma, "EDM (arXiv:2206.00364), k-diffusion", log_normal},
};

}  // namespace

std::span<const TimestepLaw> timestep_laws() { return kLaws; }

const TimestepLaw& find_timestep_law(std::string_view name) {
  std::string known;
  for (const TimestepLaw& law : kLaws) {
    if (law.name == name) return law;
    known += (known.empty() ? "" : ", ") + std::string(law.name);
  }
  fail("unknown law '", name, "'; known are ", known);
}

}  // namespace qsample
