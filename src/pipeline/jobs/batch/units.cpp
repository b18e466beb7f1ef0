#include "pipeline/jobs/batch/units.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/fail.h"
#include "image/image_io.h"
#include "pipeline/destination.h"
#include "pipeline/source.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

bool has_several_t(const TimestepChoice& choice) { return choice.ts.size() > 1; }

// A real place is told where a single timestep is not: it says what the file is.
std::string pattern_of(const BatchJob& job, const NoiseSchedule& schedule) {
  if (!job.name.empty()) return job.name;
  const std::vector<int>& ts = job.timesteps.ts;
  const bool has_place =
      std::any_of(ts.begin(), ts.end(), [&](int t) { return schedule.is_point(t); });
  return default_pattern(has_place || has_several_t(job.timesteps), job.timesteps.draws > 1);
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

Units::Units(const BatchJob& job, const ForwardProcess& process)
    : job_(job),
      process_(process),
      each_(std::max<std::size_t>(1, job.timesteps.ts.size()) * job.timesteps.draws),
      random_(random_of(job.timesteps, process.schedule)),
      name_(pattern_of(job, process.schedule),
            {process.schedule.steps() - job.timesteps.offset, job.timesteps.draws}),
      ending_(default_extension(job.options)) {
  check_draws(job.timesteps, *process.rng);
  name_.check_tells_apart(has_several_t(job.timesteps), job.timesteps.draws > 1);
  if (!name_.ending().empty()) ending_.clear();
  if (!job.timesteps.is_random() || !job.timesteps.random.stratified) return;
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i < job.inputs.size(); ++i) seeds.push_back(seed(i));
  probabilities_ = stratified(seeds, job.timesteps.draws);
}

std::uint64_t Units::seed(std::size_t input) const {
  return file_seed(job_.inputs[input].relative, job_.seed);
}

Unit Units::at(std::size_t number) const {
  const TimestepChoice& choice = job_.timesteps;
  const std::size_t input = number / each_;
  const auto draw = static_cast<std::uint32_t>(number % choice.draws);
  if (!choice.is_random()) return {input, choice.ts[number % each_ / choice.draws], draw};
  const int t =
      probabilities_.empty() ? random_.draw(seed(input), draw) : random_.at(probabilities_[number]);
  return {input, t, draw};
}

std::string Units::stem(std::size_t number) const {
  const Unit unit = at(number);
  fs::path stem = job_.inputs[unit.input].relative;
  if (!job_.keep_ending) stem.replace_extension();
  const NoiseSchedule& schedule = process_.schedule;
  return name_.expand(
      {stem.string(), unit.t - job_.timesteps.offset, unit.draw,
       name_.has("seed") ? seed(unit.input) : 0,
       schedule.is_point(unit.t) ? place_word(schedule.point(unit.t).place) : std::string()});
}

std::string Units::name(std::size_t number) const { return stem(number) + ending_; }

std::string Units::path(std::size_t number) const {
  return (fs::path(job_.output) / name(number)).string();
}

std::string Units::saved_name(std::size_t number, const SavedBeside& saved) const {
  fs::path name = stem(number);
  if (ending_.empty()) name.replace_extension();
  name += saved.extension;
  return name.string();
}

std::string Units::saved_path(std::size_t number, const SavedBeside& saved) const {
  return (fs::path(saved.folder) / saved_name(number, saved)).string();
}

}  // namespace qsample
