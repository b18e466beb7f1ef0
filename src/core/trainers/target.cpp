#include "qsample/trainers/target.h"

#include <algorithm>
#include <cmath>

#include "base/fail.h"

namespace qsample {
namespace {

// Throws where there is no noise yet.
double sigma_of(const NoiseSchedule& schedule, int t) {
  const double sigma = schedule.sigma(t);
  if (sigma == 0) fail("there is no noise yet at t = ", t, "; choose a later timestep");
  return sigma;
}

constexpr Target kTargets[] = {
    {"x0", NoisePart::target, false,
     [](const NoiseSchedule&, int, double) -> Mix {
       return {1, 0};
     },
     [](const NoiseSchedule&) -> std::string { return "x0"; }},
    {"eps", NoisePart::target, false,
     [](const NoiseSchedule&, int, double) -> Mix {
       return {0, 1};
     },
     [](const NoiseSchedule&) -> std::string { return "eps"; }},
    {"v", NoisePart::target, false,
     [](const NoiseSchedule& schedule, int t, double) { return schedule.velocity(t); },
     [](const NoiseSchedule& schedule) {
       return std::string(velocity_formula(schedule.process()));
     }},
    {"velocity", NoisePart::target, false,
     [](const NoiseSchedule& schedule, int, double) -> Mix {
       if (schedule.process() != Process::flow) {
         fail("eps - x0 is the velocity of flows, and this schedule is none; v is its own");
       }
       return {-1, 1};
     },
     [](const NoiseSchedule&) -> std::string { return "eps - x0"; }},
    {"score", NoisePart::target, false,
     [](const NoiseSchedule& schedule, int t, double) -> Mix {
       return {0, -1 / sigma_of(schedule, t)};
     },
     [](const NoiseSchedule&) -> std::string { return "-eps / sigma"; }},
    {"edm", NoisePart::target, true,
     [](const NoiseSchedule& schedule, int t, double sigma_data) -> Mix {
       // (x_0 - c_skip (x_0 + sigma eps)) / c_out, without the difference 1 - c_skip.
       const EdmScalings c = edm_scalings(schedule, t, sigma_data);
       return {c.c_in * c.sigma / sigma_data, -c.c_in * sigma_data};
     },
     [](const NoiseSchedule&) -> std::string { return "(x0 - c_skip x) / c_out"; }},
    {"edm-input", NoisePart::input, true,
     [](const NoiseSchedule& schedule, int t, double sigma_data) -> Mix {
       const EdmScalings c = edm_scalings(schedule, t, sigma_data);
       return {c.c_in, c.c_in * c.sigma};
     },
     [](const NoiseSchedule&) -> std::string { return "c_in x"; }},
};

}  // namespace

EdmScalings edm_scalings(const NoiseSchedule& schedule, int t, double sigma_data) {
  if (!(sigma_data > 0 && std::isfinite(sigma_data))) {
    fail(Named{"sigma-data"}, ": ", sigma_data, " is not above 0");
  }
  if (schedule.alpha(t) == 0) fail("nothing is left of the image at t = ", t);
  const double sigma = sigma_of(schedule, t) / schedule.alpha(t);
  const double whole = std::hypot(sigma, sigma_data);
  return {.sigma = sigma,
          .sigma_data = sigma_data,
          .c_skip = sigma_data / whole * (sigma_data / whole),
          .c_out = sigma * (sigma_data / whole),
          .c_in = 1 / whole,
          .c_noise = std::log(sigma) / 4};
}

std::span<const Target> targets() { return kTargets; }

const Target* find_target(std::string_view name) {
  const auto* row = std::find_if(std::begin(kTargets), std::end(kTargets),
                                 [&](const Target& target) { return target.name == name; });
  return row == std::end(kTargets) ? nullptr : row;
}

}  // namespace qsample
