#include "cli/options/values.h"

#include <cctype>

namespace qsample::cli {

std::size_t parse_size(std::string_view text, std::string_view option) {
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

std::uint64_t parse_seed(std::string_view text) {
  const bool negative = text.starts_with('-');
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const auto digits = text.substr(negative ? 1 : hexadecimal ? 2 : 0);
  constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
  const auto known = kDigits.substr(0, hexadecimal ? kDigits.size() : 10);
  if (digits.empty() || digits.find_first_not_of(known) != std::string_view::npos) {
    throw InvalidArgument(
        fmt::format("--seed: '{}' is not a whole number; write it in decimal, or as 0x1F", text));
  }
  constexpr std::uint64_t kMostBelowZero = std::uint64_t{1} << 63;
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || (negative && value > kMostBelowZero)) {
    throw InvalidArgument(fmt::format(
        "--seed: {} is outside 0..18446744073709551615; negative ones go from -2^63", text));
  }
  return negative ? 0 - value : value;
}

}  // namespace qsample::cli
