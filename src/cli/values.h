// Numbers on the command line, whole and nothing else: CLI11's own conversion takes an empty word
// for 0 and lets a negative number wrap around.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "qsample/error.h"

namespace qsample::cli {

/// The number that `text` is; throws InvalidArgument, naming the option, if it is none or too
/// large.
template <class T>
T parse_number(std::string_view text, std::string_view option) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    throw InvalidArgument(fmt::format("{}: '{}' is out of range", option, text));
  }
  if (error != std::errc() || end != text.data() + text.size()) {
    throw InvalidArgument(fmt::format("{}: '{}' is no {}number", option, text,
                                      std::is_integral_v<T> ? "whole " : ""));
  }
  return value;
}

/// Adds an option that takes a number. `target` is a T or something that a T can be assigned to.
template <class T, class Target>
CLI::Option* add_number(CLI::App& command, const std::string& names, Target& target,
                        const std::string& help) {
  return command.add_option_function<std::string>(
      names, [&target, names](const std::string& text) { target = parse_number<T>(text, names); },
      help);
}

}  // namespace qsample::cli
