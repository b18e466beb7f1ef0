// Options that several commands have, declared once.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "cli/console.h"
#include "pipeline/recipe.h"

namespace qsample::cli {

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
