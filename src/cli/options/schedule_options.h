// Which schedule, or which several.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "qsample/jobs/options.h"
#include "qsample/schedule.h"
#include "qsample/schedule_modifiers.h"

namespace qsample::cli {

/// A schedule of several.
struct NamedSpec {
  std::string label;  ///< what tells it from the others: its name, or that of its file
  ScheduleSpec spec;
  std::string file;  ///< that holds it, or empty
};

/// The parameters of rows of a table that were given, by name.
using GivenParameters = std::map<std::string, std::optional<double>, std::less<>>;

/// Adds an option for each parameter of a row that has none yet. `help` says what it does.
void add_parameters(CLI::App& command, std::span<const Parameter> parameters,
                    std::string (*help)(std::string_view parameter), const std::string& group,
                    GivenParameters& given);

/// --schedule, --steps and what shapes a schedule.
class ScheduleOptions {
 public:
  void add_to(CLI::App& command);
  /// The same, with a --schedule that may be given several times.
  void add_several_to(CLI::App& command);
  /// The same options with another schedule where none is asked for.
  [[nodiscard]] ScheduleOptions with_usual(const ScheduleSpec& usual) const;
  /// The schedule asked for; the console is told what a scheduler_config.json says that does not
  /// count. Throws InvalidArgument, or Error for a file.
  [[nodiscard]] ScheduleSpec spec(const Console& console) const;
  /// All that were asked for, in order, each by another label. A parameter that some of them use is
  /// for these.
  [[nodiscard]] std::vector<NamedSpec> specs(const Console& console) const;
  /// The file that holds the schedule, or empty.
  [[nodiscard]] std::string file() const;
  /// Adds the files that hold schedules, if any do, to those that a job reads.
  void add_input(std::vector<OtherInput>& inputs) const;

 private:
  // What was asked for of a row of schedule_modifiers().
  struct Modifier {
    std::optional<double> value;
    bool flag = false;

    [[nodiscard]] std::optional<double> asked() const { return flag ? 1 : value; }
  };

  struct Read {
    ScheduleSpec spec = {};
    bool is_config = false;
  };

  void add_shape_to(CLI::App& command);
  void add_modifier(CLI::App& command, const ScheduleModifier& row);
  [[nodiscard]] bool is_for(const std::string& parameter, const std::string& name) const;
  // The schedule of a name or a file.
  [[nodiscard]] Read read(const std::string& name, const Console& console) const;
  // Returns how float32 is rounded there.
  Precision read_file(const std::string& name, Read& read, const Console& console) const;
  Precision read_config(const std::string& text, const std::string& name, ScheduleSpec& spec,
                        const Console& console) const;
  void check_config_rows() const;
  void require_config(bool has_config) const;

  std::vector<std::string> names_ = {"linear"};
  const CLI::Option* option_ = nullptr;  // that gives them
  std::optional<int> steps_;
  GivenParameters parameters_;
  std::map<std::string_view, Modifier> modifiers_;
};

/// Tells the console where a schedule still shows the image at its end; `label` is its name where
/// there are several.
void warn_if_image_is_left(const NoiseSchedule& schedule, const Console& console,
                           const std::string& label = {});

}  // namespace qsample::cli
