#include "cli/options/schedule_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "cli/options/values.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "formats/tensors/lists.h"
#include "peers/diffusers/scheduler_config.h"
#include "peers/schedule_file.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr const char* kScheduleGroup = "Schedule";
constexpr double kVisible = 0.005;  // alpha_bar_T from which an eye sees the image in the noise

std::string schedule_help() {
  std::string names;
  for (const auto& family : schedule_families()) {
    names += (names.empty() ? "" : ", ") + std::string(family.name);
    if (!family.aliases.empty()) names += fmt::format(" (= {})", fmt::join(family.aliases, ", "));
  }
  return "its name, a scheduler_config.json of diffusers or a file that lists betas (default: "
         "linear)\nThe names: " +
         names;
}

// "linear 0.0001, quad 0.00085": a parameter's default in each schedule that uses it.
std::string parameter_help(std::string_view parameter) {
  std::string text;
  for (const auto& family : schedule_families()) {
    for (const auto& known : family.parameters) {
      if (known.name != parameter) continue;
      text += fmt::format("{}{} {}", text.empty() ? "default: " : ", ", family.name,
                          known.default_value);
    }
  }
  return text;
}

// The file that a schedule of this name is in, or empty. A name with a dot or a slash is meant for
// a file even where there is none.
std::string file_of(const std::string& name) {
  if (is_schedule_family(name)) return {};
  const bool meant = name.find_first_of("./") != std::string::npos;
  std::error_code unknown;
  return meant || std::filesystem::exists(name, unknown) ? name : std::string();
}

// Tells of an impossible schedule with the name of its file.
void check_file_schedule(const ScheduleSpec& spec, const std::string& name) {
  try {
    (void)make_schedule(spec);
  } catch (const InvalidArgument& e) {
    throw InvalidArgument(name + ": " + e.what());
  }
}

}  // namespace

std::string ScheduleOptions::file() const { return file_of(names_.front()); }

void ScheduleOptions::add_input(std::vector<OtherInput>& inputs) const {
  for (const std::string& name : names_) {
    if (const auto file = file_of(name); !file.empty()) inputs.push_back({file, "the schedule"});
  }
}

void ScheduleOptions::add_to(CLI::App& command) {
  option_ = command.add_option("--schedule", names_.front(), schedule_help())
                ->type_name("NAME|FILE")
                ->group(kScheduleGroup);
  add_shape_to(command);
}

void ScheduleOptions::add_several_to(CLI::App& command) {
  option_ =
      command.add_option("--schedule", names_, schedule_help() + ". Once for each of several")
          ->type_name("NAME|FILE")
          ->allow_extra_args(false)
          ->group(kScheduleGroup);
  add_shape_to(command);
}

void add_parameters(CLI::App& command, std::span<const Parameter> parameters,
                    std::string (*help)(std::string_view parameter), const std::string& group,
                    GivenParameters& given) {
  for (const Parameter& parameter : parameters) {
    const auto [slot, is_new] = given.try_emplace(std::string(parameter.name));
    if (!is_new) continue;
    add_number<double>(command, fmt::format("--{}", parameter.name), slot->second,
                       help(parameter.name))
        ->type_name("X")
        ->group(group);
  }
}

void ScheduleOptions::add_shape_to(CLI::App& command) {
  const std::string group = kScheduleGroup;
  add_number<int>(command, "-T,--steps", steps_, "number of timesteps (default: 1000)", 1,
                  kMaxSteps)
      ->type_name("N")
      ->group(group);
  for (const ScheduleFamily& family : schedule_families()) {
    add_parameters(command, family.parameters, parameter_help, group, parameters_);
  }
  for (const ScheduleModifier& row : schedule_modifiers()) add_modifier(command, row);
}

void ScheduleOptions::add_modifier(CLI::App& command, const ScheduleModifier& row) {
  const std::string group = kScheduleGroup;
  const std::string option = fmt::format("--{}", row.name);
  Console options;  // which the help may name
  for (const ScheduleModifier& other : schedule_modifiers()) {
    options.parameters.emplace(other.name);
  }
  const std::string help = options.with_options(row.help);
  Modifier& asked = modifiers_[row.name];
  switch (row.kind) {
    case ScheduleModifier::Kind::flag:
      command.add_flag(option, asked.flag, help)->group(group);
      break;
    case ScheduleModifier::Kind::number:
      add_number<double>(command, option, asked.value, help)->type_name("X")->group(group);
      break;
    case ScheduleModifier::Kind::choice: {
      Choices<double> choices;
      for (const std::string_view word : row.words) {
        choices.emplace_back(word, static_cast<double>(choices.size()));
      }
      add_choice<double>(command, option, asked.value, help, choices)->group(group);
      break;
    }
  }
}

namespace {

ScheduleFile parse_schedule(const std::string& text, const std::string& name) {
  std::optional<std::vector<NamedNumbers>> lists;
  try {
    lists = lists_of_safetensors(std::as_bytes(std::span(text)));
  } catch (const Error& e) {
    throw Error(fmt::format("{}: {}", name, e.what()));
  }
  if (!lists) return parse_schedule_file(text, name);
  std::vector<ScheduleColumn> columns;
  for (auto& [label, numbers] : *lists) columns.push_back({label, std::move(numbers)});
  return schedule_of_columns(columns, name);
}

}  // namespace

Precision ScheduleOptions::read_file(const std::string& name, Read& read,
                                     const Console& console) const {
  ScheduleSpec& spec = read.spec;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string text = read_text_file(name, outputs().on_wait());
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  const auto first = text.find_first_not_of(" \t\r\n");
  read.is_config = first != std::string::npos && text[first] == '{';
  if (read.is_config) return read_config(text, name, spec, console);
  auto file = parse_schedule(text, name);
  spec.betas = std::move(file.betas);
  spec.table = std::move(file.table);
  const std::size_t listed = std::max(spec.betas.size(), spec.table.size());
  if (steps_ && static_cast<std::size_t>(*steps_) != listed) {
    throw InvalidArgument(fmt::format("{}: lists {} {}, so -T {} does not fit", name, listed,
                                      spec.table.empty() ? "betas" : "timesteps", *steps_));
  }
  return Precision::float32;
}

Precision ScheduleOptions::read_config(const std::string& text, const std::string& name,
                                       ScheduleSpec& spec, const Console& console) const {
  const auto size = spec.parameters.find("image-size");
  const auto asked = [&](std::string_view row) { return modifiers_.at(row).asked().value_or(0); };
  auto config = parse_scheduler_config(
      text, name,
      {.inference_steps = static_cast<int>(asked("inference-steps")),
       .as_constructed = asked("as-constructed") != 0,
       .pipeline_sigmas = static_cast<PipelineSigmas>(static_cast<int>(asked("pipeline-sigmas"))),
       .trained = steps_.value_or(0),
       .image_tokens = asked("image-tokens"),
       .image_size = size == spec.parameters.end() ? 0 : size->second});
  if (size != spec.parameters.end() && config.uses_image_size) spec.parameters.erase(size);
  // What the file says may be said again, as a record's command does.
  const ScheduleSpec& said = config.spec;
  std::string against;
  for (const auto& [parameter, value] : spec.parameters) {
    const auto known = said.parameters.find(parameter);
    if (known == said.parameters.end() || known->second != value) against = "--" + parameter;
  }
  // Where several are against it, the last to be looked at is told.
  const auto modifiers = schedule_modifiers();
  for (std::size_t i = modifiers.size(); i-- > 0;) {
    const ScheduleModifier& row = modifiers[i];
    const auto wanted = modifiers_.at(row.name).asked();
    const bool decides = row.betas != nullptr && row.goes_with.empty();
    if (decides && wanted && *wanted != row.get(said)) against = fmt::format("--{}", row.name);
  }
  if (!against.empty()) {
    throw InvalidArgument(
        fmt::format("{}: says how the schedule is made; leave out {}", name, against));
  }
  for (const auto& doubt : config.doubts) console.warn(fmt::format("{}: {}", name, doubt));
  spec = std::move(config.spec);
  return config.rounding;
}

// Throws for values that no config takes.
void ScheduleOptions::check_config_rows() const {
  for (const ScheduleModifier& row : schedule_modifiers()) {
    const auto asked = modifiers_.at(row.name).asked();
    if (row.scope != ScheduleModifier::Scope::config || !asked) continue;
    if (row.check != nullptr) row.check(*asked);
    if (*asked == row.default_value) {
      throw InvalidArgument(fmt::format("--{} must be positive", row.name));
    }
  }
}

// Throws where options that go with a config have none.
void ScheduleOptions::require_config(bool has_config) const {
  for (const ScheduleModifier& row : schedule_modifiers()) {
    const bool asked = modifiers_.at(row.name).asked().has_value();
    if (row.scope == ScheduleModifier::Scope::config && asked && !has_config) {
      throw InvalidArgument(
          fmt::format("--{} goes with a scheduler_config.json; give one by --schedule", row.name));
    }
  }
}

// Whether a parameter that was given is meant for this one of the schedules. One that none of them
// uses is meant for all, which then refuse it.
bool ScheduleOptions::is_for(const std::string& parameter, const std::string& name) const {
  const auto uses = [&](const std::string& other) {
    if (!is_schedule_family(other)) return false;
    const auto known = find_schedule_family(other).parameters;
    return std::any_of(known.begin(), known.end(),
                       [&](const Parameter& one) { return one.name == parameter; });
  };
  return uses(name) || std::none_of(names_.begin(), names_.end(), uses);
}

ScheduleOptions::Read ScheduleOptions::read(const std::string& name, const Console& console) const {
  check_config_rows();
  Read read;
  ScheduleSpec& spec = read.spec;
  for (const auto& [parameter, value] : parameters_) {
    if (value && is_for(parameter, name)) spec.parameters.emplace(parameter, *value);
  }
  const bool from_file = !file_of(name).empty();
  Precision rounding = Precision::float32;
  if (from_file) {
    rounding = read_file(name, read, console);
  } else {
    spec.name = name;
    spec.steps = steps_.value_or(spec.steps);
  }
  for (const ScheduleModifier& row : schedule_modifiers()) {
    const auto asked = modifiers_.at(row.name).asked();
    if (asked && row.scope != ScheduleModifier::Scope::config) row.set(spec, *asked);
  }
  if (spec.precision == Precision::float32) spec.precision = rounding;
  if (from_file) check_file_schedule(spec, name);
  return read;
}

ScheduleOptions ScheduleOptions::with_usual(const ScheduleSpec& usual) const {
  ScheduleOptions options = *this;
  if (option_ == nullptr || option_->count() > 0) return options;
  options.names_ = {usual.name};
  for (const auto& [name, value] : usual.parameters) {
    std::optional<double>& asked = options.parameters_[name];
    if (!asked) asked = value;
  }
  return options;
}

ScheduleSpec ScheduleOptions::spec(const Console& console) const {
  Read read = this->read(names_.front(), console);
  require_config(read.is_config);
  return std::move(read.spec);
}

std::vector<NamedSpec> ScheduleOptions::specs(const Console& console) const {
  std::vector<NamedSpec> specs;
  std::set<std::string> names;
  std::map<std::string, int> bearers;  // of a label
  bool has_config = false;
  for (const std::string& name : names_) {
    if (!names.insert(name).second) {
      throw InvalidArgument(fmt::format("--schedule {} is given twice", name));
    }
    const std::string file = file_of(name);
    const std::string label = file.empty() ? name : std::filesystem::path(file).stem().string();
    Read read = this->read(name, console);
    has_config = has_config || read.is_config;
    specs.push_back({label, std::move(read.spec), file});
    ++bearers[label];
  }
  require_config(has_config);
  // Models keep their configs under one name, in folders of their own.
  for (NamedSpec& named : specs) {
    if (bearers[named.label] > 1 && !named.file.empty()) named.label = named.file;
  }
  return specs;
}

void warn_if_image_is_left(const NoiseSchedule& schedule, const Console& console,
                           const std::string& label) {
  // snr / (1 + snr) is alpha_bar where the variance is preserved, and its like elsewhere.
  const double left = 1 - 1 / (1 + schedule.snr(schedule.steps()));
  if (left > kVisible) {
    console.warn(
        fmt::format("{}{}the last timestep still shows the image (alpha_bar_T = {:.3g}, over {}): "
                    "the schedule ends short of pure noise",
                    label, label.empty() ? "" : ": ", left, kVisible));
  }
}

}  // namespace qsample::cli
