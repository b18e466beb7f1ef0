// Flow matching: x_t = (1 - u) x_0 + u eps.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "peers/diffusers/config_reading.h"
#include "peers/diffusers/sigma_ramps.h"

namespace qsample {
namespace {

using Steps = SchedulerClass::Steps;

// A place of a flow; alpha is 1 - sigma without cancellation.
struct Place {
  double alpha;
  double sigma;
};

Place place_of(double sigma) { return {1 - sigma, sigma}; }

std::vector<Place> places_of(const std::vector<double>& sigmas) {
  std::vector<Place> places;
  places.reserve(sigmas.size());
  for (const double sigma : sigmas) places.push_back(place_of(sigma));
  return places;
}

// SD3, arXiv:2403.03206, eq. 23: sigma / alpha times the shift.
Place shifted(const Place& place, double shift) {
  const double whole = place.alpha + shift * place.sigma;
  return {place.alpha / whole, shift * place.sigma / whole};
}

void shift_all(std::vector<Place>& places, double shift) {
  for (Place& place : places) place = shifted(place, shift);
}

// Stretches the share of the image so that the last place has this sigma.
void end_at(std::vector<Place>& places, double terminal) {
  if (terminal == 0) return;
  const double last = places.back().alpha;
  if (!(last > 0)) return;
  for (Place& place : places) {
    place.alpha *= (1 - terminal) / last;
    place.sigma = 1 - place.alpha;
  }
}

std::vector<GridStep> steps_of(const std::vector<Place>& places, double trained) {
  std::vector<GridStep> steps;
  steps.reserve(places.size());
  for (const auto& [alpha, sigma] : places) {
    steps.push_back({trained * sigma, {alpha * alpha, sigma * sigma}});
  }
  return steps;
}

double read_terminal(ConfigFields& fields) {
  const double terminal = fields.number("shift_terminal", 0);
  if (!(terminal >= 0 && terminal < 1)) {
    fields.fail(fmt::format("\"shift_terminal\" is {}, not in [0, 1)", terminal));
  }
  return terminal;
}

double read_shift(ConfigFields& fields, std::string_view key, double otherwise) {
  const double shift = fields.number(key, otherwise);
  if (!(shift > 0)) fields.fail(fmt::format("\"{}\" is {}, not positive", key, shift));
  return shift;
}

// What FlowMatchEulerDiscreteScheduler and its like are made with.
struct Flow {
  double shift = 1;
  double terminal = 0;
  bool is_dynamic = false;
  bool is_inverted = false;
};

Flow read_fields(const ConfigReading& reading) {
  ConfigFields& fields = reading.fields;
  Flow flow;
  const double otherwise = reading.known.name == "MiniMaxH3Scheduler" ? 12 : 1;
  flow.shift = read_shift(fields, "shift", otherwise);
  if (reading.known.grids == SchedulerClass::Grids::none) return flow;  // which knows no more
  flow.is_dynamic = fields.flag("use_dynamic_shifting");
  flow.terminal = read_terminal(fields);
  flow.is_inverted = fields.flag("invert_sigmas");
  if (flow.is_dynamic) {
    const bool constructed =
        reading.request.inference_steps == 0 &&
        reading.asked_as_constructed(
            "x_t has the dynamic shift of the image's size, which the class has "
            "only after set_timesteps");
    flow.shift = constructed ? 1 : reading.dynamic_shift();
    if (constructed) flow.terminal = 0;
  } else {
    for (const char* key : {"base_shift", "max_shift", "base_image_seq_len", "max_image_seq_len",
                            "time_shift_type"}) {
      (void)fields.get(key);
    }
  }
  return flow;
}

// Other sigmas, between the first and the last unless the config has bounds of its own.
void put_ramp(const ConfigReading& reading, std::vector<Place>& places) {
  ConfigFields& fields = reading.fields;
  const Ramp ramp = read_ramp(fields, reading.known);
  if (ramp == Ramp::none || ramp == Ramp::lu) return;
  const double greatest = fields.number("sigma_max", places.front().sigma);
  const double least = fields.number("sigma_min", places.back().sigma);
  if (!(least > 0 && least <= greatest && greatest <= 1)) {
    fields.fail(fmt::format("sigmas from {} to {} are not a range of a flow", least, greatest));
  }
  places = places_of(ramp_sigmas(ramp, greatest, least, static_cast<int>(places.size())));
}

void read_trained(const ConfigReading& reading, Flow flow) {
  SchedulerConfig& config = reading.config;
  const int trained = config.spec.steps;
  if (flow.is_inverted) {
    config.doubts.emplace_back(
        "\"invert_sigmas\" only turns the class's own timesteps round: t counts growing noise");
  }
  if (reading.known.name == "MiniMaxH3Scheduler") {
    config.doubts.push_back(fmt::format(
        "MiniMaxH3Scheduler has no timesteps of training; t counts {} even steps before the shift",
        trained));
  }
  if (flow.terminal > 0 && !flow.is_dynamic) {
    const bool constructed = reading.asked_as_constructed(
        "x_t has the \"shift_terminal\", which the class has only after set_timesteps");
    if (constructed) flow.terminal = 0;
  }
  const bool has_bounds = reading.has_bounded_sigmas();
  if (flow.terminal == 0 && !has_bounds) {
    config.spec.name = "flow";
    config.spec.parameters = {{"shift", flow.shift}};
    config.spec.image_tokens = 0;  // of which the shift says all
    return;
  }
  auto places = places_of(linspace(1, 1.0 / trained, trained));
  shift_all(places, flow.shift);
  end_at(places, flow.terminal);
  if (has_bounds) put_ramp(reading, places);
  reading.set_table(steps_of(places, trained));
}

// Evenly between the ends of what it was constructed with.
std::vector<Place> even_places(const ConfigReading& reading, const Flow& flow, int n) {
  Place last = place_of(1.0 / reading.config.spec.steps);
  if (!flow.is_dynamic && flow.shift != 1) {
    reading.config.has_other = true;
    if (!reading.request.as_constructed) {
      reading.config.doubts.emplace_back(
          "the least sigma has \"shift\" twice, as set_timesteps gives it; `as-constructed` shifts "
          "it once");
      last = shifted(last, flow.shift);
    }
  }
  const auto sigmas = linspace(1, last.sigma, n);
  const auto alphas = linspace(0, last.alpha, n);
  std::vector<Place> places;
  for (std::size_t i = 0; i < sigmas.size(); ++i) places.push_back({alphas[i], sigmas[i]});
  return places;
}

// Mochi's: half of them go evenly over 1/40 of the way, the others quadratically over the rest, and
// alpha is where they are.
std::vector<Place> linear_quadratic(int n) {
  constexpr double kThreshold = 0.025;
  const double linear = std::floor(n / 2.0);
  const double quadratic = n - linear;
  const double rest = linear - kThreshold * n;
  const double square = rest / (linear * quadratic * quadratic);
  const double slope = kThreshold / linear - 2 * rest / (quadratic * quadratic);
  std::vector<Place> places;
  for (int i = 0; i < n; ++i) {
    const double alpha = i < linear ? i * kThreshold / linear
                                    : square * i * i + slope * i + square * linear * linear;
    places.push_back({alpha, 1 - alpha});
  }
  return places;
}

std::vector<Place> cogview4_places(int n) {
  std::vector<Place> places;
  for (const double t : linspace(1000, 1, n)) places.push_back(place_of(std::trunc(t) / 1000));
  return places;
}

// What set_timesteps is given, or takes of itself.
std::vector<Place> unshifted_places(const ConfigReading& reading, const Flow& flow, int n) {
  switch (reading.request.pipeline_sigmas) {
    case PipelineSigmas::flux:
    case PipelineSigmas::flux2: return places_of(linspace(1, 1.0 / n, n));
    case PipelineSigmas::cogview4: return cogview4_places(n);
    case PipelineSigmas::mochi:
      if (n < 2) reading.refuse("takes 2 `inference-steps` or more of mochi");
      return linear_quadratic(n);
    case PipelineSigmas::none: break;
  }
  return even_places(reading, flow, n);
}

std::vector<GridStep> inverted(std::vector<GridStep> steps, double trained,
                               const ConfigReading& reading) {
  const bool turned = reading.asked_as_constructed(
      "scale_noise takes the sigmas of \"invert_sigmas\", which are shares of the image, for those "
      "of the noise, and x_t here has them the right way");
  for (GridStep& step : steps) {
    step.timestep = trained - step.timestep;
    if (turned) std::swap(step.variances.alpha_squared, step.variances.sigma_squared);
  }
  return steps;
}

// Both flow maps and MiniMax-H3 take 1..0 evenly, without the 0.
std::vector<GridStep> even_grid(const ConfigReading& reading, const Flow& flow, int n) {
  const bool is_minimax = reading.known.name == "MiniMaxH3Scheduler";
  if (is_minimax && n < 2) reading.refuse("takes 2 `inference-steps` or more");
  auto places = places_of(linspace(1, 0, is_minimax ? n : n + 1));
  places.pop_back();
  shift_all(places, flow.shift);
  auto steps = steps_of(places, reading.config.spec.steps);
  for (std::size_t i = 0; is_minimax && i < steps.size(); ++i) steps[i].timestep = places[i].alpha;
  return steps;
}

void read_inference(const ConfigReading& reading, const Flow& flow) {
  const int n = reading.request.inference_steps;
  const double trained = reading.config.spec.steps;
  if (reading.known.steps == Steps::solver || reading.known.steps == Steps::ends) {
    return reading.set_table(even_grid(reading, flow, n));
  }
  auto places = unshifted_places(reading, flow, n);
  shift_all(places, flow.shift);
  end_at(places, flow.terminal);
  put_ramp(reading, places);
  auto steps = steps_of(places, trained);
  if (flow.is_inverted) steps = inverted(std::move(steps), trained, reading);
  if (reading.known.steps == Steps::doubled) {
    std::vector<GridStep> doubled = {steps.front()};
    for (std::size_t i = 1; i < steps.size(); ++i) doubled.insert(doubled.end(), 2, steps[i]);
    steps = std::move(doubled);
  }
  reading.set_table(std::move(steps));
}

}  // namespace

void read_flow(const ConfigReading& reading) {
  const Flow flow = read_fields(reading);
  if (reading.request.inference_steps == 0) {
    read_trained(reading, flow);
  } else {
    read_inference(reading, flow);
  }
}

namespace {

// What use_flow_sigmas goes by.
struct FlowSigmas {
  double shift = 1;
  bool is_dynamic = false;
  double terminal = 0;
};

// How near UniPC comes to noise alone.
constexpr double kClose = 1e-6;

bool is_unipc(const ConfigReading& reading) {
  return reading.known.name == "UniPCMultistepScheduler";
}

FlowSigmas read_flow_sigmas(const ConfigReading& reading) {
  ConfigFields& fields = reading.fields;
  FlowSigmas flow;
  if (reading.known.flow_sigmas == SchedulerClass::FlowSigmas::dynamic) {
    flow.is_dynamic = fields.flag("use_dynamic_shifting");
    if (!flow.is_dynamic) (void)fields.get("time_shift_type");
  }
  flow.shift = flow.is_dynamic ? reading.dynamic_shift() : read_shift(fields, "flow_shift", 1);
  if (is_unipc(reading)) flow.terminal = read_terminal(fields);
  return flow;
}

// UniPC leaves out the last of n + 1 places from 1 down to 1/T, the others the first, from 1 - 1/T
// down to 0.
std::vector<Place> flow_places(const ConfigReading& reading, const FlowSigmas& flow, int n) {
  const double trained = reading.config.spec.steps;
  auto places = places_of(is_unipc(reading) ? linspace(1, 1 / trained, n + 1)
                                            : linspace(1 - 1 / trained, 0, n + 1));
  places.pop_back();
  shift_all(places, flow.shift);
  end_at(places, flow.terminal);
  if (is_unipc(reading) && places.front().alpha < kClose) places.front() = {kClose, 1 - kClose};
  return places;
}

// What the class calls them: T sigma, cut to a whole number. A last bit decides, so sigma is found
// by its own operations in their order.
std::vector<double> whole_timesteps(const ConfigReading& reading, const FlowSigmas& flow, int n) {
  const double trained = reading.config.spec.steps;
  auto sigmas = linspace(1, 1 / trained, n + 1);
  if (is_unipc(reading)) {
    sigmas.pop_back();
  } else {
    std::reverse(sigmas.begin(), sigmas.end());
    sigmas.pop_back();
    for (double& sigma : sigmas) sigma = 1 - sigma;
  }
  for (double& sigma : sigmas) {
    sigma = is_unipc(reading) && flow.is_dynamic
                ? flow.shift / (flow.shift + (1 / sigma - 1))
                : flow.shift * sigma / (1 + (flow.shift - 1) * sigma);
  }
  if (flow.terminal > 0 && sigmas.back() < 1) {
    const double scale = (1 - sigmas.back()) / (1 - flow.terminal);
    for (double& sigma : sigmas) sigma = 1 - (1 - sigma) / scale;
  }
  if (is_unipc(reading) && 1 - sigmas.front() < kClose) sigmas.front() -= kClose;
  for (double& sigma : sigmas) sigma = std::floor(sigma * trained);
  return sigmas;
}

// sigma / alpha becomes the sigma of a flow; its bounds are those of the betas otherwise.
std::vector<Place> karras_places(const ConfigReading& reading, int n) {
  const auto trained = make_schedule(reading.config.spec);
  const int last = trained.steps();
  const double greatest =
      reading.fields.number("sigma_max", trained.sigma(last) / trained.alpha(last));
  const double least = reading.fields.number("sigma_min", trained.sigma(1) / trained.alpha(1));
  if (!(least > 0 && least <= greatest)) {
    reading.fields.fail(fmt::format("sigmas from {} to {} are not a range", least, greatest));
  }
  std::vector<Place> places;
  for (const double sigma : ramp_sigmas(Ramp::karras, greatest, least, n)) {
    places.push_back({1 / (1 + sigma), sigma / (1 + sigma)});
  }
  return places;
}

}  // namespace

std::vector<double> flow_sigmas_timesteps(const ConfigReading& reading, int n) {
  return whole_timesteps(reading, read_flow_sigmas(reading), n);
}

std::vector<GridStep> flow_sigmas_grid(const ConfigReading& reading, int n) {
  const double trained = reading.config.spec.steps;
  const Ramp ramp = read_ramp(reading.fields, reading.known);
  if (ramp == Ramp::karras && is_unipc(reading)) {
    auto steps = steps_of(karras_places(reading, n), trained);
    for (GridStep& step : steps) step.timestep = std::floor(step.timestep);
    return steps;
  }
  if (ramp != Ramp::none) {
    reading.fields.fail(
        fmt::format("\"{}\" with \"use_flow_sigmas\" gives {} sigmas over 1, which are no flow",
                    ramp_field(ramp), reading.known.name));
  }
  const FlowSigmas flow = read_flow_sigmas(reading);
  auto steps = steps_of(flow_places(reading, flow, n), trained);
  const auto names = whole_timesteps(reading, flow, n);
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i].timestep = names[i];
  return steps;
}

}  // namespace qsample
