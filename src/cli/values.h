// Values on the command line: whole numbers and nothing else, names and nothing else. CLI11's own
// conversions take an empty word for 0, let a negative number wrap around, and take the number of a
// name for the name.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/nearest_name.h"
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

/// The number of bytes that `text` is, such as 800M: a whole number, and K, M, G or T for as many
/// times 1024.
inline std::size_t parse_size(std::string_view text, std::string_view option) {
  constexpr std::string_view kSuffixes = "KMGT";
  const char last = text.empty() ? '\0' : static_cast<char>(std::toupper(text.back()));
  const auto suffix = last == '\0' ? std::string_view::npos : kSuffixes.find(last);
  std::size_t unit = 1;
  if (suffix != std::string_view::npos) {
    unit <<= 10 * (suffix + 1);
    text.remove_suffix(1);
  }
  const auto value = parse_number<std::size_t>(text, option);
  if (value == 0 || value > std::numeric_limits<std::size_t>::max() / unit) {
    throw InvalidArgument(
        fmt::format("{}: '{}' is out of range; give a size such as 800M or 2G", option, text));
  }
  return value * unit;
}

/// The last of an option's names, its long one.
inline std::string long_name(const std::string& names) {
  return names.substr(names.rfind(',') == std::string::npos ? 0 : names.rfind(',') + 1);
}

/// Adds an option that takes a number from `least` on. `target` is a T or something that a T can be
/// assigned to.
template <class T, class Target>
CLI::Option* add_number(CLI::App& command, const std::string& names, Target& target,
                        const std::string& help, T least = std::numeric_limits<T>::lowest()) {
  return command.add_option_function<std::string>(
      names,
      [&target, names, least](const std::string& text) {
        const T value = parse_number<T>(text, long_name(names));
        if (value < least) {
          throw InvalidArgument(fmt::format("{}: {} is below {}", long_name(names), value, least));
        }
        target = value;
      },
      help);
}

/// A name on the command line and what it stands for.
template <class T>
using Choices = std::vector<std::pair<std::string_view, T>>;

/// Adds an option that takes one of some names.
template <class T, class Target>
CLI::Option* add_choice(CLI::App& command, const std::string& names, Target& target,
                        const std::string& help, const Choices<T>& choices) {
  std::vector<std::string_view> known;
  for (const auto& choice : choices) known.push_back(choice.first);
  return command
      .add_option_function<std::string>(
          names,
          [&target, names, choices, known](const std::string& text) {
            for (const auto& [name, value] : choices) {
              if (name == text) {
                target = value;
                return;
              }
            }
            const auto near = nearest_name(text, known);
            throw InvalidArgument(fmt::format("{}: '{}' is none of {}{}{}", long_name(names), text,
                                              fmt::join(known, ", "),
                                              near.empty() ? "" : "; did you mean ", near));
          },
          help)
      ->type_name(fmt::format("{}", fmt::join(known, "|")));
}

}  // namespace qsample::cli
