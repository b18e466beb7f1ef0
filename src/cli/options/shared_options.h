// Options that several commands have, declared once.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "qsample/forward_process.h"
#include "qsample/schedule_modifiers.h"

namespace qsample::cli {

/// --schedule, --steps and what shapes a schedule.
class ScheduleOptions {
 public:
  void add_to(CLI::App& command);
  /// The schedule asked for; the console is told what a scheduler_config.json says that does not
  /// count. Throws InvalidArgument, or Error for a file.
  [[nodiscard]] ScheduleSpec spec(const Console& console) const;
  /// The file that holds the schedule, or empty.
  [[nodiscard]] std::string file() const;
  /// Adds the file that holds the schedule, if one does, to those that a job reads.
  void add_input(std::vector<OtherInput>& inputs) const;

 private:
  // What was asked for of a row of schedule_modifiers().
  struct Modifier {
    std::optional<double> value;
    bool flag = false;

    [[nodiscard]] std::optional<double> asked() const { return flag ? 1 : value; }
  };

  void add_modifier(CLI::App& command, const ScheduleModifier& row);
  // Returns how float32 is rounded there.
  Precision read_file(ScheduleSpec& spec, const Console& console) const;
  Precision read_config(const std::string& text, ScheduleSpec& spec, const Console& console) const;

  std::string name_ = "linear";
  std::optional<int> steps_;
  std::map<std::string, std::optional<double>, std::less<>> parameters_;
  std::map<std::string_view, Modifier> modifiers_;
};

/// Tells the console where a schedule still shows the image at its end.
void warn_if_image_is_left(const NoiseSchedule& schedule, const Console& console);

/// --depth, --range, --layout, --format, --overwrite, --no-metadata.
void add_output_options(CLI::App& command, OutputOptions& options);

/// --input-range, --frame, --max-pixels, --allow-damaged. Warnings go to the console.
void add_input_options(CLI::App& command, InputOptions& options, const Console& console);

/// --seed, --rng, --path, --seed-from-name.
struct NoiseOptions {
  std::uint64_t seed = 0;
  const Generator* rng = &generators().front();
  PathKind path = PathKind::shared;
  bool seed_from_name = false;

  void add_to(CLI::App& command);
  /// --seed-from-name, for commands of one image.
  void add_seed_from_name(CLI::App& command);
  /// The seed of one image's noise.
  [[nodiscard]] std::uint64_t seed_of(const std::string& input) const;
};

/// --quiet, --verbose, --color.
void add_console_options(CLI::App& command, Console& console);

/// Warns of an output format that loses precision.
void warn_if_lossy(const Destination& output, const Console& console);

/// Throws InvalidArgument where the images of a folder can't be written as is asked, and warns of a
/// format that loses precision.
void check_folder_format(const std::string& folder, const OutputOptions& options,
                         const Console& console);

}  // namespace qsample::cli
