#include "peers/diffusers/scheduler_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "peers/diffusers/config_reading.h"
#include "peers/diffusers/sigma_ramps.h"
#include "qsample/error.h"

namespace qsample {
namespace {

using Kind = SchedulerClass::Kind;
using Steps = SchedulerClass::Steps;

// Says of the fields that were not used what they are about.
void add_unused(const ConfigReading& reading) {
  const SchedulerClass& known = reading.known;
  std::vector<std::string> sampling;
  std::vector<std::string> relabelling;
  std::vector<std::string> foreign;
  for (const auto& name : reading.fields.unread()) {
    const bool relabels = known.name == "EulerDiscreteScheduler" && name == "timestep_type";
    (is_about_sampling(known, name) ? sampling : relabels ? relabelling : foreign).push_back(name);
  }
  auto& doubts = reading.config.doubts;
  if (!sampling.empty()) {
    const bool trained = reading.request.inference_steps == 0;
    doubts.push_back(
        fmt::format("x_t{} does not depend on these fields, which are about sampling: {}",
                    trained ? " at the timesteps of training" : "", fmt::join(sampling, ", ")));
  }
  if (!relabelling.empty()) {
    doubts.emplace_back(
        "\"timestep_type\" is not used: t counts the timesteps of training, not 0.25 ln sigma");
  }
  if (!foreign.empty()) {
    doubts.push_back(fmt::format("{} is not known to have these fields, which are not used: {}",
                                 known.name, fmt::join(foreign, ", ")));
  }
}

const SchedulerClass& class_of(ConfigFields& fields) {
  const auto name = fields.text("_class_name", "");
  if (name.empty()) fields.fail("has no \"_class_name\", so which scheduler it is for is unknown");
  const auto all = known_scheduler_classes();
  const auto known =
      std::find_if(all.begin(), all.end(), [&](const auto& entry) { return entry.name == name; });
  if (known != all.end()) return *known;
  if (const auto why = why_no_forward_process(name); !why.empty()) {
    fields.fail(fmt::format("{} has no forward process: {}", name, why));
  }
  std::vector<std::string_view> classes;
  for (const auto& entry : all) classes.push_back(entry.name);
  fields.fail(fmt::format("the forward process of {} is not known here{}", name,
                          known_names(name, classes)));
}

}  // namespace

void ConfigReading::set_table(std::vector<GridStep> steps) const {
  ScheduleSpec spec;
  spec.inference_steps = request.inference_steps;
  spec.image_tokens = config.spec.image_tokens;
  spec.pipeline_sigmas = request.pipeline_sigmas;
  if (request.inference_steps > 0) spec.trained_steps = request.trained;
  spec.as_constructed = request.as_constructed;
  const bool is_second = known.steps == Steps::doubled || known.steps == Steps::midpoints;
  if (request.inference_steps > 0 && is_second) spec.order = 2;
  const auto noisier = [](const Variances& a, const Variances& b) {
    return a.sigma_squared * b.alpha_squared > b.sigma_squared * a.alpha_squared;
  };
  if (noisier(steps.front().variances, steps.back().variances)) {
    std::reverse(steps.begin(), steps.end());
  }
  for (const GridStep& step : steps) {
    spec.table.push_back(step.variances);
    spec.timesteps.push_back(step.timestep);
  }
  spec.steps = static_cast<int>(spec.table.size());
  config.spec = std::move(spec);
}

void ConfigReading::refuse(const std::string& why) const {
  throw InvalidArgument(fmt::format("{}: {} {}", fields.name(), known.name, why));
}

bool ConfigReading::asked_as_constructed(const std::string& what) const {
  config.has_other = true;
  if (!request.as_constructed) {
    config.doubts.push_back(what + "; `as-constructed` gives what the class does");
  }
  return request.as_constructed;
}

bool ConfigReading::has_bounded_sigmas() const {
  if (known.grids != SchedulerClass::Grids::sigmas) return false;
  const Ramp ramp = read_ramp(fields, known);
  if (ramp == Ramp::none) return false;
  const bool has_least = !fields.get("sigma_min").is_null();
  const bool has_greatest = !fields.get("sigma_max").is_null();
  if (heeds_bounds(ramp, known) && (has_least || has_greatest)) {
    return !asked_as_constructed(fmt::format(
        "x_t has as many sigmas of \"{}\" as there are timesteps of training, within the bounds of "
        "the config, which the class has only after set_timesteps",
        ramp_field(ramp)));
  }
  config.doubts.push_back(
      fmt::format("x_t is that of the training timesteps; \"{}\" gives inference other sigmas, "
                  "which lie between theirs (`inference-steps`)",
                  ramp_field(ramp)));
  return false;
}

namespace {

// That of FLUX.2's pipeline, fitted to what was seen to be good at 10 and at 200 steps.
double shift_of_flux2(double tokens, int steps) {
  const double many = 0.00016927 * tokens + 0.45666666;
  constexpr double kLarge = 4300;
  if (tokens > kLarge) return std::exp(many);
  const double few = 8.73809524e-05 * tokens + 1.89833333;
  const double slope = (many - few) / 190;
  return std::exp(slope * steps + many - 200 * slope);
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
  if (request.pipeline_sigmas == PipelineSigmas::flux2) {
    shift = shift_of_flux2(tokens, request.inference_steps);
  } else if (type == "linear") {
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

std::vector<std::string> scheduler_classes() {
  std::vector<std::string> names;
  for (const auto& known : known_scheduler_classes()) names.emplace_back(known.name);
  return names;
}

SchedulerConfig parse_scheduler_config(const std::string& text, const std::string& name,
                                       const ConfigRequest& request) {
  ConfigFields fields(text, name);
  const SchedulerClass& known = class_of(fields);
  (void)fields.get("_diffusers_version");
  SchedulerConfig config;
  config.class_name = known.name;
  config.spec.steps = fields.integer("num_train_timesteps", known.trained);
  if (request.trained > 0) config.spec.steps = request.trained;
  if (config.spec.steps < 1 || config.spec.steps > kMaxSteps) {
    fields.fail(fmt::format("\"num_train_timesteps\" is {}, not from 1 to {}", config.spec.steps,
                            kMaxSteps));
  }
  const ConfigReading reading{fields, known, request, config};
  switch (known.kind) {
    case Kind::preserving:
    case Kind::by_sigmas:
    case Kind::unscaled:
    case Kind::cosine: read_betas(reading); break;
    case Kind::flow: read_flow(reading); break;
    default: read_sigmas(reading); break;
  }
  if (request.as_constructed && !config.has_other) {
    throw InvalidArgument(fmt::format(
        "{}: {} does as its users mean here; leave out `as-constructed`", name, known.name));
  }
  const bool takes_sigmas = known.kind == Kind::flow && known.steps == Steps::places;
  if (request.pipeline_sigmas != PipelineSigmas::none && !takes_sigmas) {
    throw InvalidArgument(fmt::format(
        "{}: {} takes no sigmas from a pipeline; leave out `pipeline-sigmas`", name, known.name));
  }
  if (request.image_tokens > 0 && !config.uses_image_size) {
    throw InvalidArgument(fmt::format(
        "{}: does not depend on the image's size here; leave out `image-tokens`", name));
  }
  add_unused(reading);
  return config;
}

}  // namespace qsample
