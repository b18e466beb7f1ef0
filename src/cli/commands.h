// The commands of qsample, one file each.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

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
};

extern const Command kNoise;
extern const Command kTrajectory;
extern const Command kBatch;
extern const Command kSchedule;
extern const Command kInfo;

}  // namespace qsample::cli
