// Schedulers whose schedule is made of betas.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "peers/diffusers/config_reading.h"
#include "qsample/error.h"

namespace qsample {
namespace {

using Kind = SchedulerClass::Kind;

constexpr std::pair<std::string_view, std::string_view> kBetaSchedules[] = {
    {"linear", "linear"},   {"scaled_linear", "quad"}, {"squaredcos_cap_v2", "cosine"},
    {"sigmoid", "sigmoid"}, {"laplace", "laplace"},    {"exp", "exp"},
};

// Where the betas are listed, no named schedule is used, as in diffusers.
bool read_trained(const ConfigReading& reading) {
  const auto& [fields, known, request, config] = reading;
  ScheduleSpec& spec = config.spec;
  const Json& trained = fields.get("trained_betas");
  if (trained.is_null()) return false;
  if (!trained.is_array() || trained.empty())
    fields.fail("\"trained_betas\" is not a list of numbers");
  for (const Json& beta : trained) {
    if (!beta.is_number()) fields.fail("\"trained_betas\" is not a list of numbers");
    spec.betas.push_back(beta.get<double>());
  }
  for (const char* key : {"beta_schedule", "beta_start", "beta_end"}) (void)fields.get(key);
  const int count = static_cast<int>(spec.betas.size());
  if (request.trained > 0 && request.trained != count) {
    throw InvalidArgument(
        fmt::format("{}: \"trained_betas\" are {}, so {} timesteps of training do not fit",
                    fields.name(), count, request.trained));
  }
  if (!fields.get("num_train_timesteps").is_null() && spec.steps != count) {
    fields.fail(fmt::format("\"trained_betas\" are {}, and \"num_train_timesteps\" is {}", count,
                            spec.steps));
  }
  spec.steps = count;
  return true;
}

void read_named(ConfigFields& fields, const SchedulerClass& known, ScheduleSpec& spec) {
  std::vector<std::string_view> names;
  for (const auto& [theirs, ours] : kBetaSchedules) names.push_back(theirs);
  const auto name = fields.choice("beta_schedule", known.schedule, names);
  const auto* row = std::find_if(std::begin(kBetaSchedules), std::end(kBetaSchedules),
                                 [&](const auto& entry) { return entry.first == name; });
  spec.name = row->second;
  const double start = fields.number("beta_start", known.beta_start);
  const double end = fields.number("beta_end", known.beta_end);
  const auto& family = find_schedule_family(spec.name);
  const bool uses_range =
      std::any_of(family.parameters.begin(), family.parameters.end(),
                  [](const Parameter& parameter) { return parameter.name == "beta-start"; });
  if (uses_range) spec.parameters = {{"beta-start", start}, {"beta-end", end}};
}

void read_unclip(const ConfigReading& reading) {
  const auto schedule = reading.fields.text("beta_schedule", "squaredcos_cap_v2");
  if (schedule != "squaredcos_cap_v2") {
    reading.fields.fail(fmt::format("beta_schedule of {} is always squaredcos_cap_v2, not \"{}\"",
                                    reading.known.name, schedule));
  }
  reading.config.spec.name = "cosine";
}

// The class holds the sigmas of its betas until set_timesteps, and takes them for those of a flow.
void read_flow_sigmas(const ConfigReading& reading) {
  const int n = reading.request.inference_steps;
  if (n == 0 && reading.asked_as_constructed(
                    "x_t has the sigmas of \"use_flow_sigmas\", which the class has only after "
                    "set_timesteps")) {
    reading.refuse(
        "makes no noise of use_flow_sigmas as constructed: it takes sigmas of its betas, over 1, "
        "for those of a flow; leave out `as-constructed`");
  }
  reading.set_table(flow_sigmas_grid(reading, n == 0 ? reading.config.spec.steps : n));
}

// A new object has its timesteps the other way round than its sigmas. Whether it is to be told so.
bool has_other_order(const ConfigReading& reading) {
  return reading.known.kind == Kind::by_sigmas &&
         reading.asked_as_constructed(fmt::format(
             "a timestep k has its own noise; add_noise of a new object of the class takes that of "
             "{} - k for it until set_timesteps is called",
             reading.config.spec.steps - 1));
}

// The same table, whose timesteps are called as the new object calls them.
void turn_names(const ConfigReading& reading) {
  const auto schedule = make_schedule(reading.config.spec);
  std::vector<GridStep> steps;
  for (int t = 1; t <= schedule.steps(); ++t) {
    steps.push_back({static_cast<double>(schedule.steps() - t),
                     {schedule.alpha_bar(t), std::pow(schedule.sigma(t), 2)}});
  }
  reading.set_table(std::move(steps));
}

}  // namespace

void read_betas(const ConfigReading& reading) {
  const auto& [fields, known, request, config] = reading;
  ScheduleSpec& spec = config.spec;
  if (known.kind == Kind::cosine) {
    read_unclip(reading);
  } else if (!read_trained(reading)) {
    read_named(fields, known, spec);
  }
  if (known.rescales) spec.zero_terminal_snr = fields.flag("rescale_betas_zero_snr");
  if (known.name.starts_with("CogVideoX")) {
    spec.snr_shift = fields.number("snr_shift_scale", 3);
    config.rounding = Precision::float32_alphas;
  }
  if (spec.zero_terminal_snr && known.never_zero) spec.least_alpha_bar = 0x1p-24;
  if (known.kind == Kind::by_sigmas) config.rounding = Precision::float32_sigmas;
  if (known.kind == Kind::by_sigmas && fields.flag("use_flow_sigmas")) {
    return read_flow_sigmas(reading);
  }
  const bool whole = request.inference_steps == 0;
  if (!whole || reading.has_bounded_sigmas()) {
    const auto trained = make_schedule(spec);
    return reading.set_table(
        beta_grid(reading, trained, whole ? spec.steps : request.inference_steps));
  }
  if (has_other_order(reading)) return turn_names(reading);
  spec.unscaled = known.kind == Kind::unscaled;
}

}  // namespace qsample
