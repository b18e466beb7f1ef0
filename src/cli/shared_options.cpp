#include "cli/shared_options.h"

#include <fmt/format.h>

#include <filesystem>

#include "io/betas.h"
#include "pipeline/frame_writer.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

std::string schedule_help() {
  std::string names;
  for (const auto& family : schedule_families()) {
    names += (names.empty() ? "" : ", ") + std::string(family.name);
    if (!family.alias.empty()) names += fmt::format(" (= {})", family.alias);
  }
  return names + "; or a file that lists betas";
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

bool is_known(const std::string& name) {
  try {
    (void)find_schedule_family(name);
    return true;
  } catch (const InvalidArgument&) {
    return false;
  }
}

}  // namespace

void ScheduleOptions::add_to(CLI::App& command) {
  const std::string group = "Schedule";
  command.add_option("--schedule", name_, schedule_help())
      ->type_name("NAME|FILE")
      ->capture_default_str()
      ->group(group);
  add_number<int>(command, "-T,--steps", steps_, "number of timesteps (default: 1000)")
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
  command
      .add_flag("--zero-terminal-snr", zero_terminal_snr_,
                "rescale so that nothing of the image is left at T (arXiv:2305.08891)")
      ->group(group);
}

ScheduleSpec ScheduleOptions::spec() const {
  ScheduleSpec spec;
  spec.name = name_;
  spec.zero_terminal_snr = zero_terminal_snr_;
  for (const auto& [name, value] : parameters_) {
    if (value) spec.parameters.emplace(name, *value);
  }
  if (!is_known(name_) && std::filesystem::exists(name_)) {
    spec.betas = read_betas(name_);
    if (steps_ && static_cast<std::size_t>(*steps_) != spec.betas.size()) {
      throw InvalidArgument(fmt::format("{}: lists {} betas, so -T {} does not fit", name_,
                                        spec.betas.size(), *steps_));
    }
  } else {
    spec.steps = steps_.value_or(spec.steps);
  }
  return spec;
}

void add_output_options(CLI::App& command, OutputOptions& options) {
  const std::string group = "Output";
  command.add_option("--depth", options.depth, "bits a sample, 8 or 16 (default: the input's)")
      ->type_name("8|16")
      ->check(CLI::IsMember({8, 16}).description(""))
      ->group(group);
  command.add_option("--format", options.format, "format, named by its ending (default: png)")
      ->type_name("EXT")
      ->group(group);
  command.add_flag("-f,--overwrite", options.overwrite, "replace existing outputs")->group(group);
  command
      .add_flag_callback(
          "--no-metadata", [&options] { options.metadata = false; },
          "leave out the record of how the image was made")
      ->group(group);
}

void DrawOptions::add_to(CLI::App& command) {
  add_number<std::uint64_t>(command, "--seed", seed, "64-bit seed of the noise (default: 0)")
      ->type_name("N");
  command.add_flag("--zero-based", zero_based,
                   "count timesteps from 0, where 0 is one step of noise, as diffusers does");
}

int DrawOptions::timestep(int asked, int last) const {
  const int offset = zero_based ? 1 : 0;
  if (asked < 0 || asked > last - offset) {
    throw InvalidArgument(fmt::format("timestep {} is outside 0..{}", asked, last - offset));
  }
  return asked + offset;
}

void add_path_option(CLI::App& command, PathKind& path) {
  static const std::map<std::string, PathKind> kinds = {
      {"markov", PathKind::markov},
      {"shared", PathKind::shared},
      {"independent", PathKind::independent},
  };
  command
      .add_option("--path", path,
                  fmt::format("how the noise at different timesteps relates: the Markov chain, one "
                              "noise shared by all, or independent (default: {})",
                              path_name(path)))
      ->type_name("markov|shared|independent")
      ->transform(CLI::CheckedTransformer(kinds).description(""));
}

void add_console_options(CLI::App& command, Console& console) {
  static const std::map<std::string, Console::Colour> colours = {
      {"auto", Console::Colour::automatic},
      {"always", Console::Colour::always},
      {"never", Console::Colour::never},
  };
  const std::string group = "Messages";
  command.add_flag("-q,--quiet", console.quiet, "errors only")->group(group);
  command.add_flag("-v,--verbose", console.verbose, "say what is done")->group(group);
  command.add_option("--color", console.colour, "colour in messages")
      ->type_name("auto|always|never")
      ->transform(CLI::CheckedTransformer(colours).description(""))
      ->group(group);
}

void warn_if_lossy(const std::string& output, const OutputOptions& options,
                   const Console& console) {
  const Codec& codec = output_codec(output, options);
  if (codec.lossy) {
    console.warn(fmt::format(
        "{} is lossy: it smooths the very noise that was asked for; .png keeps it", codec.name));
  }
}

}  // namespace qsample::cli
