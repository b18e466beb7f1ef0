// What is wrong with a command line, each in one sentence with its remedy.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands/commands.h"

namespace qsample::cli {

enum class Wish { run, usual_help, whole_help };

/// Reads the words behind a command's name, in order, before CLI11 does: what is wished for. Help
/// is found wherever an option can stand. Throws InvalidArgument for an option that the command
/// has not, one without its value, one given twice, a flag with a value and an empty word.
[[nodiscard]] Wish check_words(const Command& command, const CLI::App& app,
                               const std::vector<std::string>& words);

/// What CLI11 found wrong with words that check_words lets pass: something is missing or too much,
/// or options exclude or need each other.
[[nodiscard]] std::string usage_line(const Command& command, const CLI::App& app,
                                     const CLI::ParseError& error);

/// What is wrong with an option in the place of a command.
[[nodiscard]] std::string misplaced_option(const std::vector<std::string>& words);

}  // namespace qsample::cli
