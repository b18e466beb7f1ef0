// Values on the command line: whole numbers and nothing else, names and nothing else. CLI11's own
// conversions take an empty word for 0, let a negative number wrap around, and take the number of a
// name for the name.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/nearest_name.h"
#include "qsample/error.h"

namespace qsample::cli {

/// The least and the greatest number of a type, infinity among them where there is one.
template <class T>
inline constexpr T kMost = std::numeric_limits<T>::has_infinity ? std::numeric_limits<T>::infinity()
                                                                : std::numeric_limits<T>::max();
template <class T>
inline constexpr T kLeast = std::numeric_limits<T>::has_infinity ? -kMost<T>
                                                                 : std::numeric_limits<T>::lowest();

/// The number that `text` is; throws InvalidArgument, naming the option, if it is not one or is not
/// from `least` to `most`.
template <class T>
T parse_number(std::string_view text, std::string_view option, T least = kLeast<T>,
               T most = kMost<T>) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = end == text.data() + text.size();
  // Of the unsigned a negative one is a number as well, too small.
  const bool negative = std::is_unsigned_v<T> && text.starts_with('-') && text.size() > 1 &&
                        text.find_first_not_of("0123456789", 1) == std::string_view::npos;
  if (!negative && !(whole && error != std::errc::invalid_argument)) {
    throw InvalidArgument(fmt::format("{}: '{}' is not a {}number", option, text,
                                      std::is_integral_v<T> ? "whole " : ""));
  }
  if (negative || error != std::errc() || value < least || value > most) {
    throw InvalidArgument(fmt::format("{}: {} is outside {}..{}", option, text, least, most));
  }
  return value;
}

/// The number of bytes that `text` is, such as 800M: a whole number, and K, M, G or T for as many
/// times 1024. Throws InvalidArgument.
[[nodiscard]] std::size_t parse_size(std::string_view text, std::string_view option);

/// A seed: a whole number from 0 to 2^64 - 1, in decimal or, behind 0x, hexadecimal digits. As in
/// torch, a negative one, from -2^63, is the one that is greater by 2^64. Throws InvalidArgument.
[[nodiscard]] std::uint64_t parse_seed(std::string_view text);

/// The last of an option's names, its long one.
inline std::string long_name(const std::string& names) {
  return names.substr(names.rfind(',') == std::string::npos ? 0 : names.rfind(',') + 1);
}

/// Adds an option that takes a number from `least` to `most`. `target` is a T or something that a T
/// can be assigned to.
template <class T, class Target>
CLI::Option* add_number(CLI::App& command, const std::string& names, Target& target,
                        const std::string& help, T least = kLeast<T>, T most = kMost<T>) {
  return command.add_option_function<std::string>(
      names,
      [&target, names, least, most](const std::string& text) {
        target = parse_number<T>(text, long_name(names), least, most);
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
            throw InvalidArgument(fmt::format("{}: '{}' is not one of {}{}{}", long_name(names),
                                              text, fmt::join(known, ", "),
                                              near.empty() ? "" : "; did you mean ", near));
          },
          help)
      ->type_name(fmt::format("{}", fmt::join(known, "|")));
}

}  // namespace qsample::cli
