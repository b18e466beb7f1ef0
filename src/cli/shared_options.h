// Options that several commands have, declared once.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "cli/console.h"
#include "pipeline/recipe.h"
#include "qsample/error.h"

namespace qsample::cli {

/// The number that `text` is; throws InvalidArgument, naming the option, if it is none or too
/// large.
template <class T>
T parse_number(std::string_view text, std::string_view option) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    throw InvalidArgument(fmt::format("{}: '{}' is out of range", option, text));
  }
  if (error != std::errc() || end != text.data() + text.size()) {
    throw InvalidArgument(fmt::format("{}: '{}' is no {}number", option, text,
                                      std::is_integral_v<T> ? "whole " : ""));
  }
  return value;
}

/// Adds an option that takes a number, written whole and nothing else: CLI11's own conversion takes
/// an empty word for 0 and lets a negative number wrap around.
template <class T, class Target>
CLI::Option* add_number(CLI::App& command, const std::string& names, Target& target,
                        const std::string& help) {
  return command.add_option_function<std::string>(
      names, [&target, names](const std::string& text) { target = parse_number<T>(text, names); },
      help);
}

/// --schedule, --steps and what shapes a schedule.
class ScheduleOptions {
 public:
  void add_to(CLI::App& command);
  /// The schedule asked for. Throws InvalidArgument, or Error for a file of betas.
  [[nodiscard]] ScheduleSpec spec() const;

 private:
  std::string name_ = "linear";
  std::optional<int> steps_;
  std::map<std::string, std::optional<double>, std::less<>> parameters_;
  bool zero_terminal_snr_ = false;
};

/// --depth, --format, --overwrite, --no-metadata.
void add_output_options(CLI::App& command, OutputOptions& options);

/// --seed and --zero-based.
struct DrawOptions {
  std::uint64_t seed = 0;
  bool zero_based = false;

  void add_to(CLI::App& command);
  /// Checks a timestep as the user counts it and returns it as we do, t = k + 1.
  [[nodiscard]] int timestep(int asked, int last) const;
};

/// --path.
void add_path_option(CLI::App& command, PathKind& path);

/// --quiet, --verbose, --color.
void add_console_options(CLI::App& command, Console& console);

/// Warns of an output format that loses precision.
void warn_if_lossy(const std::string& output, const OutputOptions& options, const Console& console);

}  // namespace qsample::cli
