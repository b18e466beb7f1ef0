// The commands of qsample, one file each.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/console.h"

namespace qsample::cli {

/// Runs a parsed command; returns the exit status. Throws Error.
using Run = std::function<int()>;

/// Each adds its command with its options to `app`. `console` outlives the Run.
Run add_noise(CLI::App& app, Console& console);
Run add_trajectory(CLI::App& app, Console& console);
Run add_batch(CLI::App& app, Console& console);
Run add_schedule(CLI::App& app, Console& console);
Run add_info(CLI::App& app, Console& console);

}  // namespace qsample::cli
