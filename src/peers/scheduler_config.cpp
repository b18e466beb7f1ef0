#include "peers/scheduler_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/nearest_name.h"
#include "peers/scheduler_classes.h"
#include "qsample/error.h"

namespace qsample {
namespace {

using Kind = SchedulerClass::Kind;

constexpr std::pair<std::string_view, std::string_view> kBetaSchedules[] = {
    {"linear", "linear"},   {"scaled_linear", "quad"}, {"squaredcos_cap_v2", "cosine"},
    {"sigmoid", "sigmoid"}, {"laplace", "laplace"},    {"exp", "exp"},
};

// "; did you mean linear; known are linear, sigmoid".
std::string known_names(std::string_view name, std::span<const std::string_view> known) {
  const auto near = nearest_name(name, known);
  return fmt::format("{}{}; known are {}", near.empty() ? "" : "; did you mean ", near,
                     fmt::join(known, ", "));
}

// Reads fields once each, and knows which were never asked for.
class Fields {
 public:
  Fields(Json json, std::string name) : json_(std::move(json)), name_(std::move(name)) {
    // What these name is the default of the class, whatever else stands there.
    const Json& defaults = get("_use_default_values");
    if (defaults.is_null()) return;
    if (!defaults.is_array()) fail("\"_use_default_values\" is not a list of names");
    for (const Json& key : Json(defaults)) {
      if (!key.is_string()) fail("\"_use_default_values\" is not a list of names");
      json_.erase(key.get<std::string>());
    }
  }

  [[noreturn]] void fail(const std::string& what) const { throw Error(name_ + ": " + what); }

  // The field, or null where it is missing or null.
  const Json& get(std::string_view key) {
    static const Json null;
    seen_.emplace_back(key);
    const auto it = json_.find(key);
    return it == json_.end() ? null : *it;
  }

  double number(std::string_view key, double otherwise) {
    const Json& value = get(key);
    if (value.is_null()) return otherwise;
    if (!value.is_number()) fail(fmt::format("\"{}\" is {}, not a number", key, value.dump()));
    const auto number = value.get<double>();
    if (!std::isfinite(number)) fail(fmt::format("\"{}\" is {}, not finite", key, number));
    return number;
  }

  int integer(std::string_view key, int otherwise) {
    const double value = number(key, otherwise);
    if (value != std::floor(value) || std::abs(value) > 1e9) {
      fail(fmt::format("\"{}\" is {}, not a whole number", key, value));
    }
    return static_cast<int>(value);
  }

  bool flag(std::string_view key) {
    const Json& value = get(key);
    if (value.is_null()) return false;
    if (!value.is_boolean())
      fail(fmt::format("\"{}\" is {}, not true or false", key, value.dump()));
    return value.get<bool>();
  }

  std::string text(std::string_view key, std::string_view otherwise) {
    const Json& value = get(key);
    if (value.is_null()) return std::string(otherwise);
    if (!value.is_string()) fail(fmt::format("\"{}\" is {}, not a name", key, value.dump()));
    return value.get<std::string>();
  }

  // A field that is supported only where it is off.
  void must_be_off(std::string_view key, const std::string& otherwise = {}) {
    const Json& value = get(key);
    const bool off = value.is_null() || value == false;
    if (!off) {
      fail(fmt::format("\"{}\": {} changes the forward process and is not supported{}", key,
                       value.dump(), otherwise));
    }
  }

  [[nodiscard]] std::vector<std::string> unread() const {
    std::vector<std::string> names;
    for (const auto& [key, value] : json_.items()) {
      if (std::find(seen_.begin(), seen_.end(), key) == seen_.end()) names.push_back(key);
    }
    return names;
  }

 private:
  Json json_;
  std::string name_;
  std::vector<std::string> seen_;
};

constexpr std::size_t kMostBytes = 32 << 20;  // of a million trained betas, and some

Json parse(const std::string& text, const std::string& name) {
  try {
    // Python wrote it: -Infinity and NaN stand there as numbers.
    Json json = parse_json(text, {.python_numbers = true, .most_bytes = kMostBytes});
    if (!json.is_object()) throw Error("holds no JSON object");
    return json;
  } catch (const Error& e) {
    throw Error(name + ": " + e.what());
  }
}

void read_betas_fields(Fields& fields, const SchedulerClass& known, ScheduleSpec& spec) {
  const Json& trained = fields.get("trained_betas");
  if (!trained.is_null()) {
    if (!trained.is_array() || trained.empty())
      fields.fail("\"trained_betas\" is not a list of numbers");
    for (const Json& beta : trained) {
      if (!beta.is_number()) fields.fail("\"trained_betas\" is not a list of numbers");
      spec.betas.push_back(beta.get<double>());
    }
    // The named schedule is not used then, as in diffusers.
    for (const char* key : {"beta_schedule", "beta_start", "beta_end"}) (void)fields.get(key);
    return;
  }
  const auto name = fields.text("beta_schedule", known.beta_schedule);
  const auto* row = std::find_if(std::begin(kBetaSchedules), std::end(kBetaSchedules),
                                 [&](const auto& entry) { return entry.first == name; });
  if (row == std::end(kBetaSchedules)) {
    std::vector<std::string_view> known_schedules;
    for (const auto& entry : kBetaSchedules) known_schedules.push_back(entry.first);
    fields.fail(
        fmt::format("beta_schedule \"{}\" is unknown{}", name, known_names(name, known_schedules)));
  }
  spec.name = row->second;
  const double start = fields.number("beta_start", known.beta_start);
  const double end = fields.number("beta_end", known.beta_end);
  const auto& family = find_schedule_family(spec.name);
  const bool uses_range =
      std::any_of(family.parameters.begin(), family.parameters.end(),
                  [](const Parameter& parameter) { return parameter.name == "beta-start"; });
  if (uses_range) spec.parameters = {{"beta-start", start}, {"beta-end", end}};
}

void read_betas(Fields& fields, const SchedulerClass& known, ScheduleSpec& spec) {
  read_betas_fields(fields, known, spec);
  if (known.rescales) spec.zero_terminal_snr = fields.flag("rescale_betas_zero_snr");
  if (known.name.starts_with("CogVideoX")) spec.snr_shift = fields.number("snr_shift_scale", 3);
  fields.must_be_off("use_flow_sigmas");
  spec.unscaled = known.kind == Kind::unscaled;
  if (spec.zero_terminal_snr && known.never_zero) spec.least_alpha_bar = 0x1p-24;
}

void read_edm(Fields& fields, const SchedulerClass& known, ScheduleSpec& spec) {
  spec.name = fields.text("sigma_schedule", "karras");
  if (spec.name != "karras" && spec.name != "exponential") {
    constexpr std::string_view kKnown[] = {"karras", "exponential"};
    fields.fail(fmt::format("sigma_schedule \"{}\" is unknown{}", spec.name,
                            known_names(spec.name, kKnown)));
  }
  spec.parameters = {{"sigma-min", fields.number("sigma_min", 0.002)},
                     {"sigma-max", fields.number("sigma_max", 80)}};
  const double rho = fields.number("rho", 7);
  if (spec.name == "karras") spec.parameters["rho"] = rho;
  // EDMEulerScheduler has its grid at i/N, i = 0..N: one sigma more than it counts.
  if (known.name == "EDMEulerScheduler") ++spec.steps;
}

void read_flow(Fields& fields, const SchedulerClass& known, SchedulerConfig& config,
               double image_size) {
  ScheduleSpec& spec = config.spec;
  spec.name = "flow";
  double shift = fields.number("shift", 1);
  spec.parameters = {{"shift", shift}};
  if (known.name == "FlowMatchHeunDiscreteScheduler") return;  // which knows no more
  const double base = fields.number("base_shift", 0.5);
  const double max = fields.number("max_shift", 1.15);
  const double base_length = fields.number("base_image_seq_len", 256);
  const double max_length = fields.number("max_image_seq_len", 4096);
  config.uses_image_size = fields.flag("use_dynamic_shifting");
  if (config.uses_image_size) {
    if (!(image_size > 0)) {
      fields.fail("\"use_dynamic_shifting\" depends on the image's size; give it by `image-size`");
    }
    if (fields.text("time_shift_type", "exponential") != "exponential") {
      fields.fail(
          "\"time_shift_type\": \"linear\" changes the forward process and is not supported");
    }
    if (max_length == base_length) {
      fields.fail("\"max_image_seq_len\" is \"base_image_seq_len\", so the shift has no slope");
    }
    // Flux: mu is linear in the number of tokens, one for each 16 by 16 pixels.
    const double tokens = std::pow(image_size / 16, 2);
    const double slope = (max - base) / (max_length - base_length);
    shift = std::exp(tokens * slope + base - slope * base_length);
  } else {
    (void)fields.get("time_shift_type");
  }
  spec.parameters = {{"shift", shift}};
  fields.must_be_off("shift_terminal");
  fields.must_be_off("invert_sigmas");
}

// Sigmas that inference has in place of those of the training timesteps: between the least and the
// greatest of those, unless the fields say other bounds.
void read_other_grids(Fields& fields, const SchedulerClass& known, SchedulerConfig& config) {
  if (known.grids != SchedulerClass::Grids::sigmas) return;
  std::vector<std::string> on;
  for (const auto key : kOtherGrids) {
    if (fields.flag(key)) on.push_back(fmt::format("\"{}\"", key));
  }
  if (on.empty()) return;
  for (const char* bound : {"sigma_min", "sigma_max"}) {
    fields.must_be_off(bound,
                       fmt::format(": with {} it bounds the sigmas of inference; without both "
                                   "x_t has those of the training timesteps",
                                   fmt::join(on, ", ")));
  }
  config.doubts.push_back(
      fmt::format("x_t is that of the training timesteps; {} gives inference other sigmas, which "
                  "lie between theirs",
                  fmt::join(on, ", ")));
}

// Says of the fields that were not used what they are about.
void add_unused(const Fields& fields, const SchedulerClass& known,
                std::vector<std::string>& doubts) {
  std::vector<std::string> sampling;
  std::vector<std::string> relabelling;
  std::vector<std::string> foreign;
  for (const auto& name : fields.unread()) {
    const bool relabels = known.name == "EulerDiscreteScheduler" && name == "timestep_type";
    (is_about_sampling(known, name) ? sampling : relabels ? relabelling : foreign).push_back(name);
  }
  if (!sampling.empty()) {
    doubts.push_back(
        fmt::format("x_t at the timesteps of training does not depend on these fields, "
                    "which are about sampling: {}",
                    fmt::join(sampling, ", ")));
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

}  // namespace

std::vector<std::string> scheduler_classes() {
  std::vector<std::string> names;
  for (const auto& known : known_scheduler_classes()) names.emplace_back(known.name);
  return names;
}

SchedulerConfig parse_scheduler_config(const std::string& text, const std::string& name,
                                       double image_size) {
  Fields fields(parse(text, name), name);
  SchedulerConfig config;
  config.class_name = fields.text("_class_name", "");
  (void)fields.get("_diffusers_version");
  if (config.class_name.empty()) {
    fields.fail("has no \"_class_name\", so which scheduler it is for is unknown");
  }
  const auto all = known_scheduler_classes();
  const auto known = std::find_if(all.begin(), all.end(), [&](const SchedulerClass& entry) {
    return entry.name == config.class_name;
  });
  if (known == all.end()) {
    std::vector<std::string_view> classes;
    for (const auto& entry : all) classes.push_back(entry.name);
    fields.fail(fmt::format("the forward process of {} is not known here{}", config.class_name,
                            known_names(config.class_name, classes)));
  }
  ScheduleSpec& spec = config.spec;
  const bool sde = known->kind == Kind::exploding_sde || known->kind == Kind::preserving_sde;
  spec.steps = fields.integer("num_train_timesteps", sde ? 2000 : 1000);
  switch (known->kind) {
    case Kind::preserving:
    case Kind::by_sigmas:
    case Kind::unscaled: read_betas(fields, *known, spec); break;
    case Kind::cosine: {
      const auto schedule = fields.text("beta_schedule", "squaredcos_cap_v2");
      if (schedule != "squaredcos_cap_v2") {
        fields.fail(fmt::format("beta_schedule of {} is always squaredcos_cap_v2, not \"{}\"",
                                known->name, schedule));
      }
      spec.name = "cosine";
      break;
    }
    case Kind::edm: read_edm(fields, *known, spec); break;
    case Kind::exploding_sde:
      spec.name = "geometric";
      spec.parameters = {{"sigma-min", fields.number("sigma_min", 0.01)},
                         {"sigma-max", fields.number("sigma_max", 1348)}};
      break;
    case Kind::preserving_sde: {
      spec.name = "vp-sde";
      const double min = fields.number("beta_min", 0.1);
      spec.parameters = {{"beta-min", min}, {"beta-d", fields.number("beta_max", 20) - min}};
      break;
    }
    case Kind::flow: read_flow(fields, *known, config, image_size); break;
  }
  read_other_grids(fields, *known, config);
  if (known->kind == Kind::by_sigmas) config.rounding = Precision::float32_sigmas;
  if (!spec.betas.empty()) {
    const int trained = static_cast<int>(spec.betas.size());
    if (!fields.get("num_train_timesteps").is_null() && spec.steps != trained) {
      fields.fail(fmt::format("\"trained_betas\" are {}, and \"num_train_timesteps\" is {}",
                              trained, spec.steps));
    }
    spec.steps = trained;
  }
  add_unused(fields, *known, config.doubts);
  return config;
}

}  // namespace qsample
