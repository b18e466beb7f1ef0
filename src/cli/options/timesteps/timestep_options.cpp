#include "cli/options/timesteps/timestep_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "base/nearest_name.h"
#include "cli/options/timesteps/place_options.h"
#include "cli/options/timesteps/timesteps.h"
#include "cli/options/values.h"
#include "peers/diffusers/strength.h"
#include "qsample/error.h"
#include "qsample/schedules/place.h"

namespace qsample::cli {
namespace {

[[noreturn]] void fail_at(std::string_view place, const std::string& why) {
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

using Value = std::function<double(int)>;

// Infinities of one sign are no distance apart.
double distance(double a, double b) { return a == b ? 0 : std::abs(a - b); }

// The t in first..T where `value`, which may be infinite, is nearest to `wanted`; the first of
// several.
int nearest(const NoiseSchedule& schedule, int first, double wanted, const Value& value) {
  int best = first;
  double least = std::numeric_limits<double>::infinity();
  for (int t = first; t <= schedule.steps(); ++t) {
    const double here = distance(value(t), wanted);
    if (here < least) {
      best = t;
      least = here;
    }
  }
  // Infinitely far from all: the end that lies in its direction.
  if (std::isinf(least)) {
    return (value(first) > value(schedule.steps())) == (wanted > 0) ? first : schedule.steps();
  }
  return best;
}

// Whether `wanted` is further from the value at t than its neighbours are, as is beyond the ends.
bool is_far(const NoiseSchedule& schedule, int first, int t, double wanted, const Value& value) {
  double step = 0;
  for (const int next : {t - 1, t + 1}) {
    if (next < first || next > schedule.steps() || !std::isfinite(value(next))) continue;
    step = std::max(step, distance(value(next), value(t)));
  }
  return distance(value(t), wanted) > step;
}

int percent(const NoiseSchedule& schedule, std::string_view place, int first) {
  const double share = parse_number<double>(place.substr(0, place.size() - 1), place) / 100;
  if (!(share >= 0 && share <= 1)) fail_at(place, "is outside 0%..100%");
  return first + static_cast<int>(std::lround(share * (schedule.steps() - first)));
}

constexpr double kHalfRange = 127.5;  // grey levels of 8 bits in one unit of x

// What can be looked for by its value: its name, the values that it may have, the value at t, and
// whether nearness is that of the logarithm.
struct Quantity {
  std::string_view name;
  double least, greatest;
  double (*value)(const NoiseSchedule& schedule, int t);
  bool logarithmic = false;
};

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr Quantity kQuantities[] = {
    {"snr", 0, kInfinite, [](const NoiseSchedule& s, int t) { return s.snr(t); }, true},
    {"log-snr", -kInfinite, kInfinite, [](const NoiseSchedule& s, int t) { return s.log_snr(t); }},
    {"alpha-bar", 0, 1, [](const NoiseSchedule& s, int t) { return s.alpha_bar(t); }},
    {"sigma", 0, kInfinite, [](const NoiseSchedule& s, int t) { return s.sigma(t); }},
    {"grey-levels", 0, kInfinite,
     [](const NoiseSchedule& s, int t) {
       return s.alpha(t) == 0 ? kInfinite : kHalfRange * s.sigma(t) / s.alpha(t);
     }},
};

// What was meant by a place that is not one: "; did you mean snr=1"; empty where that can't be
// told.
std::string meant_place(std::string_view place) {
  double share = 0;
  const auto [end, error] = std::from_chars(place.data(), place.data() + place.size(), share);
  const bool is_number = error == std::errc() && end == place.data() + place.size();
  if (is_number && share > 0 && share < 1) return fmt::format("; did you mean {:g}%", 100 * share);
  const auto equals = std::min(place.find('='), place.size());
  std::string name(place.substr(0, equals));
  std::replace(name.begin(), name.end(), '_', '-');
  const auto near = nearest_name(name, place_names());
  if (near.empty()) return {};
  const auto value = equals + 1 < place.size() ? place.substr(equals + 1) : "1";
  return fmt::format("; did you mean {}={}", near, value);
}

constexpr std::uint32_t kMostSamples = 1'000'000;

// "mean=0.5,std=1", in the law's order of them.
void set_parameters(std::string_view text, RandomChoice& random) {
  const auto& parameters = random.law->parameters;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const auto part = text.substr(at, comma - at);
    at = comma + 1;
    const auto equals = std::min(part.find('='), part.size());
    const auto name = part.substr(0, equals);
    const auto known =
        std::find_if(parameters.begin(), parameters.end(),
                     [&](const TimestepLaw::Parameter& one) { return one.name == name; });
    if (known == parameters.end() || equals == part.size()) {
      std::vector<std::string> names;
      for (const auto& parameter : parameters) names.push_back(std::string(parameter.name) + "=X");
      throw InvalidArgument(fmt::format("--t-law: '{}' is no parameter of {}{}{}", part,
                                        random.law->name, names.empty() ? "" : "; it has ",
                                        fmt::join(names, ", ")));
    }
    random.values[static_cast<std::size_t>(known - parameters.begin())] =
        parse_number<double>(part.substr(equals + 1), "--t-law");
  }
}

}  // namespace

std::vector<std::string_view> place_names() {
  std::vector<std::string_view> names;
  for (const Quantity& quantity : kQuantities) names.push_back(quantity.name);
  return names;
}

FoundTimestep find_timestep(const NoiseSchedule& schedule, std::string_view place, int first) {
  if (place.ends_with('%')) return {percent(schedule, place, first)};
  const auto equals = std::min(place.find('='), place.size());
  const auto* quantity =
      std::find_if(std::begin(kQuantities), std::end(kQuantities),
                   [&](const Quantity& known) { return known.name == place.substr(0, equals); });
  if (quantity == std::end(kQuantities) || equals + 1 >= place.size()) {
    fail_at(place,
            "is not one of snr=X, log-snr=X, alpha-bar=X, sigma=X, grey-levels=X or X%, X such "
            "as 0.5 or 1/2" +
                meant_place(place));
  }
  const double asked = ratio(place.substr(equals + 1), place);
  if (!(asked >= quantity->least && asked <= quantity->greatest)) {
    fail_at(place, quantity->greatest == 1 ? "is outside 0..1" : "is negative");
  }
  // An SNR may underflow where its logarithm does not.
  const double wanted = quantity->logarithmic ? std::log(asked) : asked;
  const Value value = [&](int t) {
    return quantity->logarithmic ? schedule.log_snr(t) : quantity->value(schedule, t);
  };
  FoundTimestep found{nearest(schedule, first, wanted, value)};
  if (is_far(schedule, first, found.t, wanted, value)) {
    found.doubt = fmt::format("no timestep comes near; the nearest has {} {:.6g}", quantity->name,
                              quantity->value(schedule, found.t));
  }
  return found;
}

void TimestepOptions::add_to(CLI::App& command, const std::string& help) {
  auto* t = command.add_option("-t,--timestep", asked_, help)
                ->type_name(taken_ == Taken::several ? "T|random" : "T");
  auto* at =
      command
          .add_option("--at", place_,
                      "instead of -t: the timestep nearest to snr=1, log-snr=0, alpha-bar=0.5, "
                      "sigma=0.5, grey-levels=25 or 50% (of the steps)\n"
                      "sigma: standard deviation of the noise in x, which is in [-1, 1]; "
                      "grey-levels: that noise in 8-bit levels of the unscaled image, 127.5 "
                      "sigma/alpha (--form ve leaves it unscaled)")
          ->type_name("PLACE");
  auto* strength =
      add_number<double>(command, "--strength", strength_,
                         "instead of -t, with --inference-steps: where image-to-image of that "
                         "strength begins in diffusers")
          ->type_name("S");
  t->excludes(at, strength);
  at->excludes(strength);
  command.add_flag("--zero-based", zero_based_,
                   "count timesteps from 0, where 0 is one step of noise, as diffusers does; "
                   "messages and the default name count so as well, the record from 1");
}

void TimestepOptions::add_places_to(CLI::App& command) {
  std::vector<CLI::Option*> others;
  for (const char* name : {"-t", "--at", "--strength", "--zero-based"}) {
    others.push_back(command.get_option(name));
  }
  add_place_options(command, real_place_, "instead of -t: ", std::move(others));
}

// What to write for a timestep that is not a whole number; empty where it is one, or makes no
// sense.
std::string TimestepOptions::remedy(int last) const {
  const std::string_view asked = asked_;
  if (asked.find('=') != std::string_view::npos) return fmt::format("did you mean --at {}", asked);
  if (asked.ends_with('%')) return fmt::format("did you mean --at {}", asked);
  if (nearest_name(asked, std::array{kRandomWord}) == kRandomWord) {
    return taken_ == Taken::several ? "did you mean random"
                                    : "'qsample noise' and 'qsample batch' draw one by -t random";
  }
  const auto sign = asked.starts_with('-') ? 1U : 0U;
  const auto digits = std::min(asked.find_first_not_of("0123456789", sign), asked.size());
  if (digits == asked.size()) return {};
  const auto rest = asked.substr(digits);
  if (rest.find_first_not_of("0123456789,:-") == std::string_view::npos && digits > 0) {
    return "'qsample noise' and 'qsample batch' take several";
  }
  double value = 0;
  const auto [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), value);
  if (error != std::errc() || end != asked.data() + asked.size()) return {};
  if (value > 0 && value < 1) {
    return fmt::format("for a share of the steps: --at {:g}%", 100 * value);
  }
  const bool takes_places = taken_ == Taken::several && !zero_based_;
  if (takes_places && value > 1 && value < last && value != std::floor(value)) {
    return fmt::format("between two timesteps there is --u {:.10g}", value / last);
  }
  return fmt::format("timesteps go from 0 to {}; --at 50% is half-way", last);
}

bool TimestepOptions::is_list() const {
  if (taken_ != Taken::several || asked_.empty() || asked_.front() < '0' || asked_.front() > '9') {
    return false;
  }
  return asked_.find_first_of(",-:") != std::string::npos &&
         asked_.find_first_not_of("0123456789,:-") == std::string::npos;
}

int TimestepOptions::resolve(const ScheduleSpec& spec, const NoiseSchedule& schedule,
                             const Console& console) const {
  const int last = schedule.steps();
  const auto told = [&](int t) {
    return fmt::format("t = {} of {}, alpha {:.6g}, sigma {:.6g}, snr {:.6g}", t - offset(),
                       last - offset(), schedule.alpha(t), schedule.sigma(t), schedule.snr(t));
  };
  if (strength_) {
    const int t = strength_timestep(spec, schedule, *strength_);
    console.inform(fmt::format("--strength {}: {}", *strength_, told(t)));
    return t;
  }
  if (!place_.empty()) {
    const auto [t, doubt] = find_timestep(schedule, place_, offset());
    if (doubt.empty()) {
      console.inform(fmt::format("--at {}: {}", place_, told(t)));
    } else {
      console.warn(fmt::format("--at {}: {}: {}", place_, doubt, told(t)));
    }
    return t;
  }
  if (asked_.empty()) throw InvalidArgument("no timestep; give -t T or --at PLACE");
  if (const auto what = remedy(last - offset()); !what.empty()) {
    throw InvalidArgument(fmt::format("-t: '{}' is not a whole number; {}", asked_, what));
  }
  const int most = spec.unscaled ? std::max(last, spec.steps) : last;
  const int t = parse_number<int>(asked_, "-t", 0, most - offset()) + offset();
  if (t > last) {
    throw InvalidArgument(fmt::format(
        "-t {}: alpha is 0 there, so x_0 + (sigma / alpha) eps does not exist; the last is {}",
        asked_, last - offset()));
  }
  return t;
}

void TimestepOptions::add_several_to(CLI::App& command) {
  const std::string group = "Several";
  add_number<std::uint32_t>(command, "--samples", samples_,
                            "draws of the noise for each timestep, 0 to K - 1 (default: 1)", 1,
                            kMostSamples)
      ->type_name("K")
      ->group(group);
  std::string known;
  for (const TimestepLaw& law : timestep_laws()) {
    known += (known.empty() ? "" : "; ") + std::string(law.name);
    for (const auto& parameter : law.parameters) {
      known += fmt::format("{}{}={:g}", &parameter == law.parameters.data() ? ":" : ",",
                           parameter.name, parameter.default_value);
    }
  }
  command
      .add_option(
          "--t-law", law_,
          "how -t random draws (default: uniform); with their parameters' defaults: " + known)
      ->type_name("LAW[:P=X,...]")
      ->group(group);
  add_number<int>(command, "--t-min", least_, "least timestep of -t random (default: 1)", 0)
      ->type_name("T")
      ->group(group);
  add_number<int>(command, "--t-max", most_, "greatest timestep of -t random (default: the last)",
                  0)
      ->type_name("T")
      ->group(group);
}

void TimestepOptions::add_stratified_to(CLI::App& command) {
  command
      .add_flag("--stratified", stratified_,
                "spread -t random evenly over the set: each of as many parts of the law as there "
                "are draws has one")
      ->group("Several");
}

RandomChoice TimestepOptions::random_choice(const NoiseSchedule& schedule) const {
  RandomChoice random;
  random.stratified = stratified_;
  random.first = least_ ? *least_ + offset() : 1;
  random.last = most_ ? *most_ + offset() : schedule.steps();
  if (random.last > schedule.steps()) {
    throw InvalidArgument(
        fmt::format("--t-max: {} is past the last, {}", *most_, schedule.steps() - offset()));
  }
  if (random.first > random.last) {
    throw InvalidArgument(
        fmt::format("--t-min: {} is past the greatest, {}", *least_, random.last - offset()));
  }
  if (law_.empty()) return random;
  const auto colon = std::min(law_.find(':'), law_.size());
  std::vector<std::string_view> names;
  for (const TimestepLaw& law : timestep_laws()) names.push_back(law.name);
  const std::string name = law_.substr(0, colon);
  const auto law = std::find(names.begin(), names.end(), name);
  if (law == names.end()) {
    const auto near = nearest_name(name, names);
    throw InvalidArgument(fmt::format("--t-law: '{}' is not one of {}{}{}", name,
                                      fmt::join(names, ", "), near.empty() ? "" : "; did you mean ",
                                      near));
  }
  random.law = &timestep_laws()[static_cast<std::size_t>(law - names.begin())];
  for (const auto& parameter : random.law->parameters) {
    random.values.push_back(parameter.default_value);
  }
  if (colon < law_.size()) set_parameters(std::string_view(law_).substr(colon + 1), random);
  // It throws for values that can't be.
  try {
    (void)RandomTimesteps(schedule, *random.law, random.values, random.first, random.last);
  } catch (const InvalidArgument& e) {
    throw InvalidArgument(fmt::format("--t-law: {}", e.what()));
  }
  return random;
}

void TimestepOptions::check_is_used() const {
  if (is_random()) return;
  const char* unused = !law_.empty() ? "--t-law"
                       : least_      ? "--t-min"
                       : most_       ? "--t-max"
                       : stratified_ ? "--stratified"
                                     : nullptr;
  if (unused != nullptr) throw InvalidArgument(fmt::format("{} is of -t random", unused));
}

TimestepChoice TimestepOptions::choice(const ScheduleSpec& spec, NoiseSchedule& schedule,
                                       const Console& console) const {
  check_is_used();
  TimestepChoice choice{.draws = samples_, .offset = offset()};
  if (is_random()) {
    choice.random = random_choice(schedule);
  } else if (is_list()) {
    choice.ts = parse_timesteps(asked_, schedule.steps(), offset(), "-t");
  } else if (real_place_) {
    choice.ts = {put_place(schedule, spec, *real_place_)};
  } else {
    choice.ts = {resolve(spec, schedule, console)};
  }
  return choice;
}

}  // namespace qsample::cli
