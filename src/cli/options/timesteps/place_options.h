// Real places on the path: --sigma, --u, --log-snr.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

#include "qsample/schedule.h"

namespace qsample::cli {

/// Adds the three, of which one may be given, and none beside what says otherwise where: -t, --at,
/// --strength and --zero-based, which the command has already.
void add_place_options(CLI::App& command, std::optional<PathPlace>& place);

}  // namespace qsample::cli
