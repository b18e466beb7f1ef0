// Flow matching: x_t = (1 - u) x_0 + u eps.

#include <fmt/format.h>

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
  if (!flow.is_dynamic && flow.shift != 1 &&
      !reading.asked_as_constructed("set_timesteps applies \"shift\" once more to the least sigma, "
                                    "which has been shifted when the class was constructed")) {
    last = shifted(last, flow.shift);
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

std::vector<Place> whole_timesteps(int n) {
  std::vector<Place> places;
  for (const double t : linspace(1000, 1, n)) places.push_back(place_of(std::trunc(t) / 1000));
  return places;
}

// What set_timesteps is given, or takes of itself.
std::vector<Place> unshifted_places(const ConfigReading& reading, const Flow& flow, int n) {
  switch (reading.request.pipeline_sigmas) {
    case PipelineSigmas::flux: return places_of(linspace(1, 1.0 / n, n));
    case PipelineSigmas::cogview4: return whole_timesteps(n);
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

double ConfigReading::dynamic_shift() const {
  const double base = fields.number("base_shift", 0.5);
  const double max = fields.number("max_shift", 1.15);
  const double base_length = fields.number("base_image_seq_len", 256);
  const double max_length = fields.number("max_image_seq_len", 4096);
  constexpr std::string_view kTypes[] = {"exponential", "linear"};
  const auto type = fields.choice("time_shift_type", "exponential", kTypes);
  config.uses_image_size = true;
  const double tokens =
      request.image_tokens > 0 ? request.image_tokens : std::pow(request.image_size / 16, 2);
  if (!(tokens > 0)) {
    fields.fail(
        "\"use_dynamic_shifting\" depends on the image's size; give it by `image-size` or "
        "`image-tokens`");
  }
  config.spec.image_tokens = tokens;
  double shift = 0;
  if (type == "linear") {
    // CogView4, whose pipeline alone has it: linear in the side.
    if (!(base_length > 0)) fields.fail("\"base_image_seq_len\" is not positive");
    shift = base + max * std::sqrt(tokens / base_length);
  } else {
    // Flux: the logarithm is linear in the number of tokens.
    if (max_length == base_length) {
      fields.fail("\"max_image_seq_len\" is \"base_image_seq_len\", so the shift has no slope");
    }
    const double slope = (max - base) / (max_length - base_length);
    shift = std::exp(tokens * slope + base - slope * base_length);
  }
  if (!(shift > 0 && std::isfinite(shift))) {
    fields.fail(fmt::format("the shift of an image of {} tokens is {}", tokens, shift));
  }
  return shift;
}

void read_flow(const ConfigReading& reading) {
  const Flow flow = read_fields(reading);
  if (reading.request.inference_steps == 0) {
    read_trained(reading, flow);
  } else {
    read_inference(reading, flow);
  }
}

std::vector<GridStep> flow_sigmas_grid(const ConfigReading& reading, int n) {
  ConfigFields& fields = reading.fields;
  const bool is_unipc = reading.known.name == "UniPCMultistepScheduler";
  const double trained = reading.config.spec.steps;
  const Ramp ramp = read_ramp(fields, reading.known);
  if (ramp != Ramp::none && !(is_unipc && ramp == Ramp::karras)) {
    fields.fail(
        fmt::format("\"{}\" with \"use_flow_sigmas\" gives {} sigmas over 1, which are no flow",
                    ramp_field(ramp), reading.known.name));
  }
  if (ramp == Ramp::karras) {
    // sigma / alpha becomes the sigma of a flow; its bounds are those of the betas otherwise.
    const double greatest = fields.number("sigma_max", 0);
    const double least = fields.number("sigma_min", 0);
    if (!(least > 0 && least <= greatest)) {
      fields.fail(
          "\"use_karras_sigmas\" with \"use_flow_sigmas\" needs \"sigma_min\" and \"sigma_max\"");
    }
    std::vector<Place> places;
    for (const double sigma : ramp_sigmas(ramp, greatest, least, n)) {
      places.push_back({1 / (1 + sigma), sigma / (1 + sigma)});
    }
    return steps_of(places, trained);
  }
  const bool is_dynamic = fields.flag("use_dynamic_shifting");
  const double shift = is_dynamic ? reading.dynamic_shift() : read_shift(fields, "flow_shift", 1);
  if (!is_dynamic) (void)fields.get("time_shift_type");
  // UniPC leaves out the last of n + 1 places from 1 down to 1/T, the others the first, from
  // 1 - 1/T down to 0.
  const auto sigmas =
      is_unipc ? linspace(1, 1 / trained, n + 1) : linspace(1 - 1 / trained, 0, n + 1);
  auto places = places_of(sigmas);
  places.pop_back();
  shift_all(places, shift);
  if (is_unipc) {
    end_at(places, read_terminal(fields));
    constexpr double kClose = 1e-6;
    if (places.front().alpha < kClose) places.front() = {kClose, 1 - kClose};
  }
  auto steps = steps_of(places, trained);
  for (GridStep& step : steps) step.timestep = std::floor(step.timestep);
  return steps;
}

}  // namespace qsample
