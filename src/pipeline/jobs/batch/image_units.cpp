#include "pipeline/jobs/batch/image_units.h"

#include <algorithm>
#include <utility>

#include "base/fail.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

bool has_several_t(const TimestepChoice& choice) { return choice.ts.size() > 1; }

// A real place is told where a single timestep is not: it says what the file is.
std::string pattern_of(const TimestepChoice& choice, const std::string& name,
                       const NoiseSchedule& schedule, ImageUnits::Places places) {
  if (!name.empty()) return name;
  const bool has_place =
      places == ImageUnits::Places::told &&
      std::any_of(choice.ts.begin(), choice.ts.end(), [&](int t) { return schedule.is_point(t); });
  return default_pattern(has_place || has_several_t(choice), choice.draws > 1);
}

RandomTimesteps random_of(const TimestepChoice& choice, const NoiseSchedule& schedule) {
  const RandomChoice& random = choice.random;
  return RandomTimesteps(schedule, *random.law, random.values, random.first, random.last);
}

void check_draws(const TimestepChoice& choice, const Generator& rng) {
  if (choice.draws > 1 && !rng.has_draws) {
    fail(Named{"samples"}, ": of ", Named{"rng"}, " ", rng.name, " only the first draw is known");
  }
}

}  // namespace

std::vector<int> bounding_timesteps(const TimestepChoice& choice, const NoiseSchedule& schedule) {
  if (!choice.is_random()) return choice.ts;
  return {choice.random.first, choice.random.last < 0 ? schedule.steps() : choice.random.last};
}

ImageUnits::ImageUnits(TimestepChoice choice, const std::string& name,
                       const ForwardProcess& process, Places places)
    : schedule_(process.schedule),
      choice_(std::move(choice)),
      each_(std::max<std::size_t>(1, choice_.ts.size()) * choice_.draws),
      random_(random_of(choice_, process.schedule)),
      name_(pattern_of(choice_, name, process.schedule, places),
            {process.schedule.steps() - choice_.offset, choice_.draws}) {
  check_draws(choice_, *process.rng);
  name_.check_tells_apart(has_several_t(choice_), choice_.draws > 1);
}

void ImageUnits::spread_over(std::vector<std::uint64_t> seeds) {
  std::sort(seeds.begin(), seeds.end());
  seeds.erase(std::unique(seeds.begin(), seeds.end()), seeds.end());
  seeds_ = std::move(seeds);
  probabilities_ = stratified(seeds_, choice_.draws);
}

ImageUnit ImageUnits::at(std::uint64_t seed, std::size_t number) const {
  const auto draw = static_cast<std::uint32_t>(number % choice_.draws);
  if (!choice_.is_random()) return {choice_.ts[number / choice_.draws], draw};
  if (!is_stratified()) return {random_.draw(seed, draw), draw};
  const auto found = std::lower_bound(seeds_.begin(), seeds_.end(), seed);
  if (found == seeds_.end() || *found != seed) {
    throw Error("it is not of the set that `stratified` was told of; something changed meanwhile");
  }
  const auto place = static_cast<std::size_t>(found - seeds_.begin());
  return {random_.at(probabilities_[place * choice_.draws + draw]), draw};
}

std::string ImageUnits::name(const std::string& stem, ImageUnit unit, std::uint64_t seed) const {
  return name_.expand(
      {stem, unit.t - choice_.offset, unit.draw, seed,
       schedule_.is_point(unit.t) ? place_word(schedule_.point(unit.t).place) : std::string()});
}

}  // namespace qsample
