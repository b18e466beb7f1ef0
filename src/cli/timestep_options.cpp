#include "cli/timestep_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>

#include "cli/values.h"
#include "core/nearest_name.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

[[noreturn]] void fail_at(std::string_view place, std::string_view why) {
  throw InvalidArgument(fmt::format("'{}' {}", place, why));
}

// "25/255" or "0.098".
double ratio(std::string_view text, std::string_view place) {
  const auto slash = text.find('/');
  const auto over = parse_number<double>(text.substr(0, slash), place);
  const double under =
      slash == std::string_view::npos ? 1 : parse_number<double>(text.substr(slash + 1), place);
  if (under == 0) fail_at(place, "divides by 0");
  if (std::isnan(over / under)) fail_at(place, "is not a number");
  return over / under;
}

// The t in 0..T where `value` is nearest to `wanted`; the first of several. `value` may be
// infinite.
int nearest(const NoiseSchedule& schedule, double wanted, const std::function<double(int)>& value) {
  int best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (int t = 0; t <= schedule.steps(); ++t) {
    const double here = value(t) == wanted ? 0 : std::abs(value(t) - wanted);
    if (here < least) {
      best = t;
      least = here;
    }
  }
  // Infinitely far from all: the end that lies in its direction.
  if (std::isinf(least)) {
    return (value(0) > value(schedule.steps())) == (wanted > 0) ? 0 : schedule.steps();
  }
  return best;
}

int percent(const NoiseSchedule& schedule, std::string_view place) {
  const double share = parse_number<double>(place.substr(0, place.size() - 1), place) / 100;
  if (!(share >= 0 && share <= 1)) fail_at(place, "is outside 0%..100%");
  return static_cast<int>(std::lround(share * schedule.steps()));
}

}  // namespace

int find_timestep(const NoiseSchedule& schedule, std::string_view place) {
  if (place.ends_with('%')) return percent(schedule, place);
  const auto equals = std::min(place.find('='), place.size());
  const auto key = place.substr(0, equals);
  const auto wanted = [&] {
    return ratio(place.substr(std::min(equals + 1, place.size())), place);
  };
  if (key == "log-snr") {
    return nearest(schedule, wanted(), [&](int t) { return schedule.log_snr(t); });
  }
  if (key == "snr") {
    const double snr = wanted();
    if (!(snr >= 0)) fail_at(place, "is negative");
    return nearest(schedule, std::log(snr), [&](int t) { return schedule.log_snr(t); });
  }
  if (key == "alpha-bar") {
    const double alpha_bar = wanted();
    if (!(alpha_bar >= 0 && alpha_bar <= 1)) fail_at(place, "is outside 0..1");
    return nearest(schedule, alpha_bar, [&](int t) { return schedule.alpha_bar(t); });
  }
  if (key == "sigma") {
    const double sigma = wanted();
    if (!(sigma >= 0)) fail_at(place, "is negative");
    return nearest(schedule, sigma, [&](int t) { return schedule.sigma(t); });
  }
  fail_at(place,
          "is not one of snr=X, log-snr=X, alpha-bar=X, sigma=X or X%, X such as 0.5 or 25/255");
}

void TimestepOptions::add_to(CLI::App& command, const std::string& help) {
  auto* t = command.add_option("-t,--timestep", asked_, help)->type_name("T");
  auto* at =
      command
          .add_option("--at", place_,
                      "instead of -t: the timestep nearest to snr=1, log-snr=0, alpha-bar=0.5, "
                      "sigma=25/255 (of the schedule's table) or 50% (of the steps)")
          ->type_name("PLACE");
  t->excludes(at);
  command.add_flag("--zero-based", zero_based_,
                   "count timesteps from 0, where 0 is one step of noise, as diffusers does");
}

// What to write for a timestep that is not a whole number; empty where it is one, or makes no
// sense.
std::string TimestepOptions::remedy(int last) const {
  const std::string_view asked = asked_;
  if (asked.find('=') != asked.npos) return fmt::format("did you mean --at {}", asked);
  if (asked.ends_with('%')) return fmt::format("did you mean --at {}", asked);
  if (nearest_name(asked, std::array{kRandomWord}) == kRandomWord) {
    return random_ == Random::taken ? "did you mean random"
                                    : "'qsample batch' draws one for each image by -t random";
  }
  const auto sign = asked.starts_with('-') ? 1U : 0U;
  const auto digits = std::min(asked.find_first_not_of("0123456789", sign), asked.size());
  if (digits == asked.size()) return {};
  const auto rest = asked.substr(digits);
  if (rest.find_first_not_of("0123456789,:-") == rest.npos && digits > 0) {
    const std::string list = "'qsample trajectory' takes several by --timesteps";
    return random_ == Random::taken ? "one is taken; " + list + ", of one image" : list;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), value);
  if (error != std::errc() || end != asked.data() + asked.size()) return {};
  if (value > 0 && value < 1) {
    return fmt::format("for a share of the steps: --at {:g}%", 100 * value);
  }
  return fmt::format("timesteps go from 0 to {}; --at 50% is half-way", last);
}

int TimestepOptions::resolve(const NoiseSchedule& schedule, const Console& console) const {
  const int last = schedule.steps();
  if (!place_.empty()) {
    const int t = find_timestep(schedule, place_);
    // t = 0 is not among those that count from 0.
    const bool counted = zero_based_ && t > 0;
    console.inform(fmt::format("--at {}: t = {} of {}, snr {:.6g}, sigma {:.6g}", place_,
                               t - (counted ? offset() : 0), last - (counted ? offset() : 0),
                               schedule.snr(t), schedule.sigma(t)));
    return t;
  }
  if (asked_.empty()) throw InvalidArgument("no timestep; give -t T or --at PLACE");
  if (const auto what = remedy(last - offset()); !what.empty()) {
    throw InvalidArgument(fmt::format("-t: '{}' is not a whole number; {}", asked_, what));
  }
  return parse_number<int>(asked_, "-t", 0, last - offset()) + offset();
}

}  // namespace qsample::cli
