// Pages of the manual, in the man macros.
#pragma once

#include <span>
#include <string>

#include "cli/shell/words.h"

namespace qsample::cli {

/// qsample(1): what it is, and its commands.
[[nodiscard]] std::string program_page(std::span<const CommandWords> commands);

/// qsample-NAME(1): what help says of a command.
[[nodiscard]] std::string command_page(const CommandWords& command);

}  // namespace qsample::cli
