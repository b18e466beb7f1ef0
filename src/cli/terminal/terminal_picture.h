// A picture in the terminal.
#pragma once

#include <CLI/CLI.hpp>

#include "qsample/image.h"

namespace qsample::cli {

/// --show.
void add_show_option(CLI::App& command, bool& show, const char* help);

/// Throws InvalidArgument where --show can't be: standard output is no terminal.
void check_can_show();

/// Draws an image on the terminal that standard output is; alpha is over black. Throws Error where
/// the module can't be loaded.
void show_picture(const Image& image);

}  // namespace qsample::cli
