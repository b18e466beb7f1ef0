#include "cli/timesteps.h"

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

}  // namespace

std::vector<int> parse_timesteps(std::string_view list, int last, int offset) {
  std::vector<int> ts;
  for (std::size_t at = 0; at <= list.size();) {
    const auto comma = std::min(list.find(',', at), list.size());
    const auto part = list.substr(at, comma - at);
    at = comma + 1;
    const auto dash = part.find('-');
    const auto colon = part.find(':');
    if (dash == std::string_view::npos) {
      ts.push_back(number(part, part));
    } else {
      const int first = number(part.substr(0, dash), part);
      const auto end =
          part.substr(dash + 1, colon == std::string_view::npos ? colon : colon - dash - 1);
      const int stride = colon == std::string_view::npos ? 1 : number(part.substr(colon + 1), part);
      const int range_last = number(end, part);
      if (stride < 1)
        throw InvalidArgument(fmt::format("--timesteps: '{}' has a stride of 0", part));
      if (range_last < first)
        throw InvalidArgument(fmt::format("--timesteps: '{}' runs backwards", part));
      if (range_last > last) {
        throw InvalidArgument(
            fmt::format("timestep {} is past the last, {}", range_last, last - offset));
      }
      const auto range = strided_timesteps(first, stride, range_last);
      ts.insert(ts.end(), range.begin(), range.end());
    }
    for (auto t = ts.rbegin(); t != ts.rend() && *t > last - offset; ++t) {
      throw InvalidArgument(fmt::format("timestep {} is past the last, {}", *t, last - offset));
    }
  }
  for (int& t : ts) t += offset;
  std::sort(ts.begin(), ts.end());
  ts.erase(std::unique(ts.begin(), ts.end()), ts.end());
  return ts;
}

std::vector<int> even_timesteps(int count, int last) {
  if (count < 2 || count > last + 1) {
    throw InvalidArgument(fmt::format("--frames {} is outside 2..{}", count, last + 1));
  }
  std::vector<int> ts(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    // Rounded to nearest; distinct, since the spacing is at least one.
    const std::int64_t twice = std::int64_t{2} * i * last + (count - 1);
    ts[static_cast<std::size_t>(i)] = static_cast<int>(twice / (std::int64_t{2} * (count - 1)));
  }
  return ts;
}

std::vector<int> strided_timesteps(int first, int stride, int last) {
  std::vector<int> ts;
  for (std::int64_t t = first; t <= last; t += stride) ts.push_back(static_cast<int>(t));
  return ts;
}

}  // namespace qsample::cli
