#include "cli/timestep_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "cli/numbers.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

// "25/255" or "0.098".
double ratio(std::string_view text, std::string_view place) {
  const auto slash = text.find('/');
  const auto over = parse_number<double>(text.substr(0, slash), place);
  const double under =
      slash == std::string_view::npos ? 1 : parse_number<double>(text.substr(slash + 1), place);
  if (under == 0) throw InvalidArgument(fmt::format("{}: divides by 0", place));
  return over / under;
}

// The t in 1..T where `distance` is least; the first of several.
int nearest(const NoiseSchedule& schedule, const std::function<double(int)>& distance) {
  int best = 1;
  double least = distance(1);
  for (int t = 2; t <= schedule.steps(); ++t) {
    const double here = distance(t);
    if (here < least) {
      best = t;
      least = here;
    }
  }
  return best;
}

int percent(const NoiseSchedule& schedule, std::string_view place) {
  const double share = parse_number<double>(place.substr(0, place.size() - 1), "--at") / 100;
  if (!(share >= 0 && share <= 1)) {
    throw InvalidArgument(fmt::format("--at {} is outside 0%..100%", place));
  }
  return static_cast<int>(std::lround(share * schedule.steps()));
}

}  // namespace

int find_timestep(const NoiseSchedule& schedule, std::string_view place) {
  if (place.ends_with('%')) return percent(schedule, place);
  const auto equals = place.find('=');
  const auto key = place.substr(0, equals);
  const auto value_text = equals == std::string_view::npos ? "" : place.substr(equals + 1);
  const auto by_log_snr = [&](double wanted) {
    return nearest(schedule, [&](int t) { return std::abs(schedule.log_snr(t) - wanted); });
  };
  if (key == "log-snr") return by_log_snr(ratio(value_text, "--at log-snr"));
  if (key == "snr") {
    const double snr = ratio(value_text, "--at snr");
    if (!(snr > 0)) throw InvalidArgument("--at snr must be positive");
    return by_log_snr(std::log(snr));
  }
  if (key == "alpha-bar") {
    const double wanted = ratio(value_text, "--at alpha-bar");
    if (!(wanted >= 0 && wanted <= 1)) throw InvalidArgument("--at alpha-bar is outside 0..1");
    return nearest(schedule, [&](int t) { return std::abs(schedule.alpha_bar(t) - wanted); });
  }
  if (key == "sigma") {
    const double wanted = ratio(value_text, "--at sigma");
    if (!(wanted >= 0)) throw InvalidArgument("--at sigma must not be negative");
    return nearest(schedule, [&](int t) { return std::abs(schedule.sigma(t) - wanted); });
  }
  throw InvalidArgument(fmt::format(
      "--at '{}' is none of snr=X, log-snr=X, alpha-bar=X, sigma=X or X%, X such as 0.5 or 25/255",
      place));
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

int TimestepOptions::resolve(const NoiseSchedule& schedule, const Console& console) const {
  const int last = schedule.steps();
  if (!place_.empty()) {
    const int t = find_timestep(schedule, place_);
    console.inform(fmt::format("--at {}: t = {} of {}, snr {:.6g}, sigma {:.6g}", place_, t, last,
                               schedule.snr(t), schedule.sigma(t)));
    return t;
  }
  if (asked_.empty()) throw InvalidArgument("no timestep; give -t T or --at PLACE");
  const int t = parse_number<int>(asked_, "-t");
  if (t < 0 || t > last - offset()) {
    throw InvalidArgument(fmt::format("-t {} is outside 0..{}", t, last - offset()));
  }
  return t + offset();
}

}  // namespace qsample::cli
