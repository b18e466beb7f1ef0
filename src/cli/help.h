// The help of the program and of its commands, in 80 columns.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/commands/commands.h"

namespace qsample::cli {

/// What the program is, in two lines.
extern const char* const kWhatItIs;

/// The statuses that it ends with.
extern const char* const kExitStatus;

/// What the program is, and its commands.
[[nodiscard]] std::string program_help();

/// How a command is called, its options and examples; `app` has its options. Where it is not
/// `whole`, only the options that are used most, each in its first words: a description goes up to
/// a line break in the short help, and on behind it in the whole.
[[nodiscard]] std::string command_help(const Command& command, const CLI::App& app, bool whole);

/// What an option is: in its first words, or, if `whole`, all that is to be said, with the options
/// that it needs or excludes.
[[nodiscard]] std::string option_help(const CLI::Option& option, bool whole);

}  // namespace qsample::cli
