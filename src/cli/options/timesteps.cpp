#include "cli/options/timesteps.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "qsample/error.h"

namespace qsample::cli {
namespace {

int number(std::string_view text, std::string_view part) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0) {
    const bool is_share = part.find_first_of("%.") != std::string_view::npos;
    throw InvalidArgument(fmt::format(
        "--timesteps: '{}' is neither a timestep nor a range such as 100-200 or 100-200:20{}", part,
        is_share ? "; --frames N takes N, evenly from 0 to the last" : ""));
  }
  return value;
}

struct Part {
  int first, last, stride;
};

// "7", "100-200" or "100-200:20".
Part parse_part(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) {
    const int t = number(text, text);
    return {t, t, 1};
  }
  const auto colon = std::min(text.find(':'), text.size());
  const Part part{number(text.substr(0, dash), text),
                  number(text.substr(dash + 1, std::max(colon, dash + 1) - dash - 1), text),
                  colon == text.size() ? 1 : number(text.substr(colon + 1), text)};
  if (part.stride < 1)
    throw InvalidArgument(fmt::format("--timesteps: '{}' has a stride of 0", text));
  if (part.last < part.first)
    throw InvalidArgument(fmt::format("--timesteps: '{}' runs backwards", text));
  return part;
}

}  // namespace

std::vector<int> parse_timesteps(std::string_view list, int last, int offset) {
  // One mark for each, however often the list names it.
  std::vector<char> marked(static_cast<std::size_t>(last) + 1);
  for (std::size_t at = 0; at <= list.size();) {
    const auto comma = std::min(list.find(',', at), list.size());
    const Part part = parse_part(list.substr(at, comma - at));
    at = comma + 1;
    if (part.last > last - offset) {
      throw InvalidArgument(
          fmt::format("timestep {} is past the last, {}", part.last, last - offset));
    }
    for (std::int64_t t = part.first; t <= part.last; t += part.stride) {
      marked[static_cast<std::size_t>(t + offset)] = 1;
    }
  }
  std::vector<int> ts;
  for (int t = 0; t <= last; ++t) {
    if (marked[static_cast<std::size_t>(t)] != 0) ts.push_back(t);
  }
  return ts;
}

std::vector<int> strided_timesteps(int first, int stride, int last) {
  std::vector<int> ts;
  for (std::int64_t t = first; t <= last; t += stride) ts.push_back(static_cast<int>(t));
  return ts;
}

}  // namespace qsample::cli
