#include "cli/options/timesteps/timesteps.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "cli/options/values.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

int number(std::string_view text, std::string_view part, std::string_view option) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0) {
    const bool is_share = part.find_first_of("%.") != std::string_view::npos;
    throw InvalidArgument(fmt::format(
        "{}: '{}' is neither a timestep nor a range such as 100-200 or 100-200:20{}", option, part,
        is_share && option == "--timesteps" ? "; --frames N takes N, evenly from 0 to the last"
                                            : ""));
  }
  return value;
}

struct Part {
  int first, last, stride;
};

// "7", "100-200" or "100-200:20".
Part parse_part(std::string_view text, std::string_view option) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) {
    const int t = number(text, text, option);
    return {t, t, 1};
  }
  const auto colon = std::min(text.find(':'), text.size());
  const Part part{number(text.substr(0, dash), text, option),
                  number(text.substr(dash + 1, std::max(colon, dash + 1) - dash - 1), text, option),
                  colon == text.size() ? 1 : number(text.substr(colon + 1), text, option)};
  if (part.stride < 1)
    throw InvalidArgument(fmt::format("{}: '{}' has a stride of 0", option, text));
  if (part.last < part.first)
    throw InvalidArgument(fmt::format("{}: '{}' runs backwards", option, text));
  return part;
}

}  // namespace

std::vector<int> parse_timesteps(std::string_view list, int last, int offset,
                                 std::string_view option) {
  // One mark for each, however often the list names it.
  std::vector<char> marked(static_cast<std::size_t>(last) + 1);
  for (std::size_t at = 0; at <= list.size();) {
    const auto comma = std::min(list.find(',', at), list.size());
    const Part part = parse_part(list.substr(at, comma - at), option);
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

std::vector<CLI::Option*> FrameChoice::add_to(CLI::App& command, const Help& help) {
  auto* strided =
      add_number<int>(command, "--every", every, "timesteps 0, K, 2 K, ...", 1)->type_name("K");
  auto* spread = add_number<int>(command, "--frames", frames, help.frames)->type_name("N");
  auto* named =
      command.add_option("--timesteps", list, "such as 0,10,100-200:20")->type_name("LIST");
  strided->excludes(spread, named);
  spread->excludes(named);
  Choices<Space> spaces;
  for (const Space one : {Space::t, Space::log_snr, Space::sigma}) {
    spaces.emplace_back(space_name(one), one);
  }
  add_choice<Space>(command, "--space", space,
                    fmt::format("what --frames are spread evenly over (default: {})", help.space),
                    spaces)
      ->excludes(strided, named);
  command
      .add_flag("--zero-based", zero_based,
                fmt::format("count the timesteps of --timesteps, and {}, from 0, where 0 is one "
                            "step of noise",
                            help.zero_based))
      ->needs(named);
  return {strided, spread, named};
}

std::optional<std::vector<int>> FrameChoice::listed(int last) const {
  if (every) return strided_timesteps(0, *every, last);
  if (!list.empty()) return parse_timesteps(list, last, offset());
  return std::nullopt;
}

}  // namespace qsample::cli
