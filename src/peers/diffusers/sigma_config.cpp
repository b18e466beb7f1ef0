// Classes with sigmas of their own, and Wuerstchen's cosine: a named schedule each, as constructed
// and after set_timesteps.

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "peers/diffusers/config_reading.h"
#include "peers/diffusers/sigma_ramps.h"

namespace qsample {
namespace {

using Kind = SchedulerClass::Kind;

struct Bounds {
  double least;
  double greatest;
};

Bounds read_bounds(const ConfigReading& reading) {
  const Bounds bounds{reading.fields.number("sigma_min", reading.known.sigma_min),
                      reading.fields.number("sigma_max", reading.known.sigma_max)};
  if (!(bounds.least > 0 && bounds.least <= bounds.greatest)) {
    reading.fields.fail(
        fmt::format("sigmas from {} to {} are not a range", bounds.least, bounds.greatest));
  }
  return bounds;
}

// The named schedule with `steps` steps is what set_timesteps gives; `timestep` is what the class
// calls the step with this number and sigma.
template <class Timestep>
void set_named_grid(const ConfigReading& reading, int steps, const Timestep& timestep) {
  ScheduleSpec& spec = reading.config.spec;
  spec.steps = steps;
  const auto schedule = make_schedule(spec);
  std::vector<GridStep> grid;
  for (int t = 1; t <= steps; ++t) {
    grid.push_back(
        {timestep(t, schedule.sigma(t)), {schedule.alpha_bar(t), std::pow(schedule.sigma(t), 2)}});
  }
  reading.set_table(std::move(grid));
}

double edm_name(int /*t*/, double sigma) { return std::log(sigma) / 4; }
double cosine_name(int /*t*/, double sigma) { return std::atan(sigma) * 2 / std::numbers::pi; }

void read_edm(const ConfigReading& reading) {
  constexpr std::string_view kSchedules[] = {"karras", "exponential"};
  ScheduleSpec& spec = reading.config.spec;
  spec.name = reading.fields.choice("sigma_schedule", reading.known.schedule, kSchedules);
  const Bounds bounds = read_bounds(reading);
  const int n = reading.request.inference_steps;
  // Exponential sigmas rise before they are turned round, so a single one is the least.
  const bool is_least = spec.name == "exponential" && n == 1;
  spec.parameters = {{"sigma-min", bounds.least},
                     {"sigma-max", is_least ? bounds.least : bounds.greatest}};
  const double rho = reading.fields.number("rho", 7);
  if (spec.name == "karras") spec.parameters["rho"] = rho;
  if (n > 0) {
    const bool is_cosine = reading.known.name == "CosineDPMSolverMultistepScheduler";
    return set_named_grid(reading, n, is_cosine ? cosine_name : edm_name);
  }
  // EDMEulerScheduler has its grid at i/N, i = 0..N: one sigma more than it counts.
  if (reading.known.name == "EDMEulerScheduler") ++spec.steps;
}

void read_consistency(const ConfigReading& reading) {
  ScheduleSpec& spec = reading.config.spec;
  const Bounds bounds = read_bounds(reading);
  const double rho = reading.fields.number("rho", 7);
  if (!(rho > 0)) reading.fields.fail(fmt::format("\"rho\" is {}, not positive", rho));
  spec.name = "karras";
  spec.parameters = {{"sigma-min", bounds.least}, {"sigma-max", bounds.greatest}, {"rho", rho}};
  const int n = reading.request.inference_steps;
  if (n == 0) return;
  const int trained = spec.steps;
  if (n > trained) reading.refuse(fmt::format("takes at most the {} steps of training", trained));
  const auto schedule = make_schedule(spec);
  const int stride = trained / n;
  std::vector<GridStep> grid;
  for (int i = 0; i < n; ++i) {
    const double sigma = schedule.sigma(trained - i * stride);
    grid.push_back({250 * std::log(sigma), {1, sigma * sigma}});
  }
  reading.set_table(std::move(grid));
}

void read_exploding_sde(const ConfigReading& reading) {
  const Bounds bounds = read_bounds(reading);
  reading.config.spec.name = "geometric";
  reading.config.spec.parameters = {{"sigma-min", bounds.least}, {"sigma-max", bounds.greatest}};
  if (const int n = reading.request.inference_steps; n > 0) {
    set_named_grid(reading, n, [](int t, double /*sigma*/) { return t - 1.0; });
  }
}

void read_preserving_sde(const ConfigReading& reading) {
  ScheduleSpec& spec = reading.config.spec;
  const double min = reading.fields.number("beta_min", 0.1);
  const double d = reading.fields.number("beta_max", 20) - min;
  const int n = reading.request.inference_steps;
  if (n == 0) {
    spec.name = "vp-sde";
    spec.parameters = {{"beta-min", min}, {"beta-d", d}};
    return;
  }
  std::vector<GridStep> grid;
  for (const double u : linspace(1, reading.fields.number("sampling_eps", 1e-3), n)) {
    const double x = d * u * u / 2 + min * u;
    grid.push_back({u, {std::exp(-x), -std::expm1(-x)}});
  }
  reading.set_table(std::move(grid));
}

void read_wuerstchen(const ConfigReading& reading) {
  ScheduleSpec& spec = reading.config.spec;
  spec.name = "wuerstchen";
  spec.parameters = {{"cosine-s", reading.fields.number("s", 0.008)},
                     {"scaler", reading.fields.number("scaler", 1)}};
  if (const int n = reading.request.inference_steps; n > 0) {
    return set_named_grid(
        reading, n + 1, [n](int t, double /*sigma*/) { return (t - 1) / static_cast<double>(n); });
  }
  reading.config.doubts.emplace_back(
      "DDPMWuerstchenScheduler has no timesteps of training; t counts 0, 0.001 .. 1 of its time, "
      "from 1 on");
  ++spec.steps;
}

}  // namespace

void read_sigmas(const ConfigReading& reading) {
  switch (reading.known.kind) {
    case Kind::edm: return read_edm(reading);
    case Kind::consistency: return read_consistency(reading);
    case Kind::exploding_sde: return read_exploding_sde(reading);
    case Kind::preserving_sde: return read_preserving_sde(reading);
    default: return read_wuerstchen(reading);
  }
}

}  // namespace qsample
