#include "cli/options/shared_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cli/options/values.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "peers/schedule_file.h"
#include "peers/scheduler_config.h"
#include "pipeline/destination.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr const char* kScheduleGroup = "Schedule";
constexpr float kWidest = 1e30F;
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

Range parse_range(const std::string& text, const std::string& option) {
  const auto comma = text.find(',');
  if (comma == std::string::npos) {
    throw InvalidArgument(fmt::format("{}: '{}' is not a range such as -1,1", option, text));
  }
  const Range range{parse_number<float>(std::string_view(text).substr(0, comma), option),
                    parse_number<float>(std::string_view(text).substr(comma + 1), option)};
  if (!(range.low < range.high)) {
    throw InvalidArgument(
        fmt::format("{}: the first of '{}' is not below the second", option, text));
  }
  // So that neither the width nor what a sample is multiplied by overflows.
  if (!(range.high - range.low < kWidest && 1 / (range.high - range.low) < kWidest)) {
    throw InvalidArgument(fmt::format("{}: '{}' is too wide or too narrow", option, text));
  }
  return range;
}

// Values with the names that they have.
template <class T>
Choices<T> named(std::initializer_list<T> values, std::string_view (*name_of)(T)) {
  Choices<T> choices;
  for (const T value : values) choices.emplace_back(name_of(value), value);
  return choices;
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

// The file that holds the schedule, or empty. A name with a dot or a slash is meant for a file even
// where there is none.
std::string ScheduleOptions::file() const {
  if (is_schedule_family(name_)) return {};
  const bool meant = name_.find_first_of("./") != std::string::npos;
  std::error_code unknown;
  return meant || std::filesystem::exists(name_, unknown) ? name_ : std::string();
}

void ScheduleOptions::add_input(std::vector<OtherInput>& inputs) const {
  if (const auto name = file(); !name.empty()) inputs.push_back({name, "the schedule"});
}

void ScheduleOptions::add_to(CLI::App& command) {
  const std::string group = kScheduleGroup;
  command.add_option("--schedule", name_, schedule_help())->type_name("NAME|FILE")->group(group);
  add_number<int>(command, "-T,--steps", steps_, "number of timesteps (default: 1000)", 1,
                  kMaxSteps)
      ->type_name("N")
      ->group(group);
  for (const auto& family : schedule_families()) {
    for (const auto& parameter : family.parameters) {
      const auto [slot, is_new] = parameters_.try_emplace(std::string(parameter.name));
      if (!is_new) continue;
      add_number<double>(command, fmt::format("--{}", parameter.name), slot->second,
                         parameter_help(parameter.name))
          ->type_name("X")
          ->group(group);
    }
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

Precision ScheduleOptions::read_file(ScheduleSpec& spec, const Console& console) const {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string text = read_text_file(name_, outputs().on_wait());
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') return read_config(text, spec, console);
  auto file = parse_schedule_file(text, name_);
  spec.betas = std::move(file.betas);
  spec.table = std::move(file.table);
  const std::size_t listed = std::max(spec.betas.size(), spec.table.size());
  if (steps_ && static_cast<std::size_t>(*steps_) != listed) {
    throw InvalidArgument(fmt::format("{}: lists {} {}, so -T {} does not fit", name_, listed,
                                      spec.table.empty() ? "betas" : "timesteps", *steps_));
  }
  return Precision::float32;
}

Precision ScheduleOptions::read_config(const std::string& text, ScheduleSpec& spec,
                                       const Console& console) const {
  const auto size = spec.parameters.find("image-size");
  const double image_size = size == spec.parameters.end() ? 0 : size->second;
  auto config = parse_scheduler_config(text, name_, image_size);
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
    const auto asked = modifiers_.at(row.name).asked();
    const bool decides = row.betas != nullptr && row.goes_with.empty();
    if (decides && asked && *asked != row.get(said)) against = fmt::format("--{}", row.name);
  }
  if (steps_ && *steps_ != said.steps) against = "-T";
  if (!against.empty()) {
    throw InvalidArgument(
        fmt::format("{}: says how the schedule is made; leave out {}", name_, against));
  }
  for (const auto& doubt : config.doubts) console.warn(fmt::format("{}: {}", name_, doubt));
  spec = std::move(config.spec);
  return config.rounding;
}

ScheduleSpec ScheduleOptions::spec(const Console& console) const {
  ScheduleSpec spec;
  for (const auto& [name, value] : parameters_) {
    if (value) spec.parameters.emplace(name, *value);
  }
  const bool from_file = !file().empty();
  Precision rounding = Precision::float32;
  if (from_file) {
    rounding = read_file(spec, console);
  } else {
    spec.name = name_;
    spec.steps = steps_.value_or(spec.steps);
  }
  for (const ScheduleModifier& row : schedule_modifiers()) {
    if (const auto asked = modifiers_.at(row.name).asked()) row.set(spec, *asked);
  }
  if (spec.precision == Precision::float32) spec.precision = rounding;
  if (from_file) check_file_schedule(spec, name_);
  return spec;
}

void warn_if_image_is_left(const NoiseSchedule& schedule, const Console& console) {
  // snr / (1 + snr) is alpha_bar where the variance is preserved, and its like elsewhere.
  const double left = 1 - 1 / (1 + schedule.snr(schedule.steps()));
  if (left > kVisible) {
    console.warn(
        fmt::format("the last timestep still shows the image (alpha_bar_T = {:.3g}, over {}): "
                    "the schedule ends short of pure noise",
                    left, kVisible));
  }
}

void add_output_options(CLI::App& command, OutputOptions& options) {
  const std::string group = "Output";
  add_choice<int>(command, "--depth", options.depth,
                  "bits a sample: 8, 16, or 32 for floats, which hold x_t itself (default: the "
                  "input's, or what the format holds)",
                  {{"8", 8}, {"16", 16}, {"32", 32}})
      ->group(group);
  command
      .add_option_function<std::string>(
          "--range",
          [&options](const std::string& text) {
            options.range.automatic = text == "auto";
            if (!options.range.automatic) options.range.fixed = parse_range(text, "--range");
          },
          "the x that become the least and the greatest integer (default: -1,1); auto: alpha_t + 3 "
          "sigma_t to both sides of 0")
      ->type_name("LO,HI|auto")
      ->group(group);
  add_choice<Layout>(command, "--layout", options.layout,
                     "order of .npy and .safetensors (default: that of a .npy input, else chw)",
                     {{"chw", Layout::chw}, {"hwc", Layout::hwc}})
      ->group(group);
  add_choice<Compression>(
      command, "--compression", options.compression,
      "of PNG: fast (default), or small, for archives, at a hundredth of the speed",
      {{"fast", Compression::fast}, {"small", Compression::small}})
      ->group(group);
  command
      .add_option_function<std::string>(
          "--format",
          [&options](const std::string& text) {
            options.format = text.starts_with('.') ? text.substr(1) : text;
          },
          "format, named by its ending (default: png)")
      ->type_name("EXT")
      ->group(group);
  command.add_flag("-f,--overwrite", options.overwrite, "replace existing outputs")->group(group);
  command
      .add_flag_callback(
          "--no-metadata", [&options] { options.metadata = false; },
          "leave out the record of how the image was made")
      ->group(group);
}

void add_input_options(CLI::App& command, InputOptions& options, const Console& console) {
  const std::string group = "Input";
  options.decoding.warn = [&console](const std::string& message) { console.warn(message); };
  command
      .add_option_function<std::string>(
          "--input-range",
          [&options](const std::string& text) {
            options.range = parse_range(text, "--input-range");
          },
          "the samples that are -1 and 1 (default: of integers 0 and the greatest, 255 or 65535; "
          "of "
          "floats -1,1); 12 bits in a 16-bit PNG are 0,4095")
      ->type_name("LO,HI")
      ->group(group);
  add_number<int>(command, "--frame", options.decoding.frame,
                  "image of a file that holds several, from 1 (default: the first)", 1)
      ->type_name("N")
      ->group(group);
  add_number<std::size_t>(command, "--max-pixels", options.decoding.max_pixels,
                          "refuse larger images (default: 268435456)")
      ->type_name("N")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--max-memory",
          [&options](const std::string& text) {
            options.max_memory = parse_size(text, "--max-memory");
          },
          "what all jobs may take together, such as 800M or 2G (default: three quarters of what "
          "the machine and the process's control groups have)")
      ->type_name("SIZE")
      ->group(group);
  command
      .add_flag("--allow-damaged", options.decoding.allow_damaged,
                "take a damaged JPEG as far as it can be read, and any image with something behind "
                "its end, with a warning")
      ->group(group);
}

void NoiseOptions::add_to(CLI::App& command) {
  const std::string group = "Noise";
  command
      .add_option_function<std::string>(
          "--seed", [this](const std::string& text) { seed = parse_seed(text); },
          "64-bit seed (default: 0), in decimal or as 0x1F; -1 is 2^64 - 1, as in torch")
      ->type_name("N")
      ->group(group);
  add_choice<PathKind>(
      command, "--path", path,
      fmt::format("how the noise at different timesteps relates: the Markov chain, one "
                  "noise shared by all, or independent (default: {})",
                  path_name(path)),
      named<PathKind>({PathKind::markov, PathKind::shared, PathKind::independent}, path_name))
      ->group(group);
  Choices<const Generator*> sources;
  for (const Generator& generator : generators()) sources.emplace_back(generator.name, &generator);
  add_choice<const Generator*>(
      command, "--rng", rng,
      "whose noise: our own (default), or what torch.randn on CPU or CUDA, or numpy's "
      "default_rng, draws for the seed",
      sources)
      ->group(group);
}

void NoiseOptions::add_seed_from_name(CLI::App& command) {
  command
      .add_flag("--seed-from-name", seed_from_name,
                "noise of this image's own: its seed comes from its file's name and --seed, as in "
                "batch; without it, every image gets the same noise")
      ->group("Noise");
}

std::uint64_t NoiseOptions::seed_of(const std::string& input) const {
  if (!seed_from_name) return seed;
  if (input == "-") throw InvalidArgument("--seed-from-name: standard input has no name");
  return file_seed(base_name(input), seed);
}

void add_console_options(CLI::App& command, Console& console) {
  const std::string group = "Messages";
  auto* quiet = command.add_flag("-q,--quiet", console.quiet, "errors only")->group(group);
  command.add_flag("-v,--verbose", console.verbose, "say what is done")
      ->excludes(quiet)
      ->group(group);
  add_choice<Console::Colour>(command, "--color", console.colour, "colour in messages",
                              {{"auto", Console::Colour::automatic},
                               {"always", Console::Colour::always},
                               {"never", Console::Colour::never}})
      ->group(group);
}

void check_folder_format(const std::string& folder, const OutputOptions& options,
                         const Console& console) {
  const std::string path = folder.ends_with('/') ? folder : folder + "/";
  OutputOptions chosen = options;
  chosen.format = default_extension(options);
  warn_if_lossy(resolve(path, chosen), console);
}

void warn_if_lossy(const Destination& output, const Console& console) {
  if (output.codec->lossy) {
    console.warn(
        fmt::format("{} is lossy: it smooths the very noise that was asked for; .png keeps it",
                    output.codec->name));
  }
}

}  // namespace qsample::cli
