// The commands of qsample, one file each.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cli/console.h"

namespace qsample::cli {

/// Runs a parsed command; returns the exit status. Throws Error.
using Run = std::function<int()>;

/// A command: its name, what it does in one line, and what adds its options, which is left until
/// the command is asked for. `console` outlives the Run.
struct Command {
  const char* name;
  const char* description;
  Run (*add_options)(CLI::App& command, Console& console);
  /// What may have been meant by words that are neither the values of options nor inputs that the
  /// command takes: "did you mean ...", or how many it takes. Null where it takes any number.
  std::string (*explain_surplus)(const std::vector<std::string>& words) = nullptr;
};

extern const Command kNoise;
extern const Command kTrajectory;
extern const Command kBatch;
extern const Command kPage;
extern const Command kSchedule;
extern const Command kSheet;
extern const Command kInfo;
extern const Command kVerify;
extern const Command kCompletion;

/// All of them.
[[nodiscard]] std::span<const Command* const> commands();

/// Adds the options of a command, and --help, to an app of its own.
[[nodiscard]] Run declare(const Command& command, CLI::App& app, Console& console);

/// The command of that name. Throws InvalidArgument, with what may have been meant.
[[nodiscard]] const Command& find_command(const std::string& name);

}  // namespace qsample::cli
