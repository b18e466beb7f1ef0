#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/fail.h"
#include "qsample/schedule.h"

namespace qsample {
namespace {

// Rounded to nearest; distinct where the spacing is one at the least.
std::vector<int> evenly(std::size_t count, int last) {
  std::vector<int> ts(count);
  const auto intervals = static_cast<std::int64_t>(count) - 1;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t twice = 2 * static_cast<std::int64_t>(i) * last + intervals;
    ts[i] = static_cast<int>(twice / (2 * intervals));
  }
  return ts;
}

// What rises from t = 0 to T: where sigma falls, as that of some tables does, the greatest until
// then.
std::vector<double> rising_values(const NoiseSchedule& schedule, Space space) {
  std::vector<double> values;
  for (int t = 0; t <= schedule.steps(); ++t) {
    const double value = space == Space::sigma ? schedule.sigma(t) : -schedule.log_snr(t);
    values.push_back(values.empty() ? value : std::max(value, values.back()));
  }
  return values;
}

// Whether values that rise do so after t = 1 by no more than roundings leave.
bool are_constant(const std::vector<double>& values) {
  constexpr double kRounding = 1e-9;
  return values.size() > 2 && values.back() - values[1] <= kRounding * std::abs(values[1]);
}

// Timesteps spread over values that rise. An infinite one is an end, and no place to spread over.
std::vector<int> spread_over(const std::vector<double>& values, std::size_t count) {
  const int last = static_cast<int>(values.size()) - 1;
  const auto is_finite = [](double value) { return std::isfinite(value); };
  const auto begin = std::find_if(values.begin(), values.end(), is_finite);
  const auto end = std::find_if(values.rbegin(), values.rend(), is_finite).base();
  if (begin >= end) return evenly(count, last);
  // The t where the value is nearest, the first of several.
  const auto nearest = [&](double wanted) {
    const auto above = std::lower_bound(begin, end, wanted);
    if (above == begin) return begin;
    const double below = *(above - 1);
    if (above != end && *above - wanted < wanted - below) return above;
    return std::lower_bound(begin, end, below);
  };
  std::vector<int> ts(count, 0);
  ts.back() = last;
  const std::size_t first = begin == values.begin() ? 0 : 1;
  const std::size_t behind = end == values.end() ? count : count - 1;
  const double low = *begin;
  const double high = *(end - 1);
  for (std::size_t i = 1; i + 1 < count; ++i) {
    const std::size_t between = behind - first;  // places, both ends included
    const double share =
        between == 1 ? 0.5 : static_cast<double>(i - first) / static_cast<double>(between - 1);
    ts[i] = static_cast<int>(nearest(low + share * (high - low)) - values.begin());
  }
  return ts;
}

// Moves those that are the same apart, by as little as that takes.
void make_distinct(std::vector<int>& ts, int last) {
  for (std::size_t i = 1; i < ts.size(); ++i) ts[i] = std::max(ts[i], ts[i - 1] + 1);
  int most = last;
  for (std::size_t i = ts.size(); i-- > 0;) {
    ts[i] = std::min(ts[i], most);
    most = ts[i] - 1;
  }
}

}  // namespace

std::string_view space_name(Space space) {
  switch (space) {
    case Space::t: return "t";
    case Space::log_snr: return "log-snr";
    case Space::sigma: return "sigma";
  }
  return {};
}

Space usual_space(const NoiseSchedule& schedule) {
  return are_constant(rising_values(schedule, Space::log_snr)) ? Space::t : Space::log_snr;
}

std::vector<int> spread_timesteps(const NoiseSchedule& schedule, int count, Space space,
                                  Repeats repeats) {
  const int last = schedule.steps();
  const int most = repeats == Repeats::allowed ? kMostSpread : last + 1;
  if (count < 2 || count > most) fail(Named{"frames"}, ' ', count, " is outside 2..", most);
  const auto places = static_cast<std::size_t>(count);
  std::vector<int> ts;
  if (space == Space::t) {
    ts = evenly(places, last);
  } else {
    const auto values = rising_values(schedule, space);
    if (are_constant(values)) {
      fail(Named{"space"}, ' ', space_name(space), " does not go on after t = 1; take t");
    }
    ts = spread_over(values, places);
  }
  if (repeats == Repeats::none) make_distinct(ts, last);
  return ts;
}

}  // namespace qsample
