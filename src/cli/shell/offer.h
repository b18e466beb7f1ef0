// What can stand for the value of an option.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/shell/words.h"

namespace qsample::cli {

/// By what help calls the value: "fast|small" are two words, NAME|FILE, DIR and others what the
/// table says. Of an input it is a file.
[[nodiscard]] Offer offer_of(const CLI::Option& option);

}  // namespace qsample::cli
