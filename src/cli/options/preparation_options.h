// What is done to an image before it is noised.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "qsample/jobs/preparation.h"

namespace qsample::cli {

/// --size, --crop, --resize-filter, --mode, --alpha.
void add_preparation_options(CLI::App& command, Preparation& preparation);

/// A colour by its name or as #ffcc00; throws InvalidArgument, naming the option.
[[nodiscard]] Colour parse_colour(const std::string& text, std::string_view option);

/// The colours that have names.
[[nodiscard]] std::vector<std::string_view> colour_names();

}  // namespace qsample::cli
