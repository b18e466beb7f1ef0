// Real places on the path: --sigma, --u, --log-snr.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "qsample/schedule.h"

namespace qsample::cli {

/// Adds the three, of which one may be given, and none beside `others`, options of the command.
/// Their help begins with what they do, such as "instead of -t: ".
void add_place_options(CLI::App& command, std::optional<PathPlace>& place, std::string_view what,
                       std::vector<CLI::Option*> others);

}  // namespace qsample::cli
