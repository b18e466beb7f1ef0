#include "pipeline/jobs/batch/units.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "pipeline/destination.h"
#include "pipeline/source.h"

namespace qsample {
namespace fs = std::filesystem;

Units::Units(const BatchJob& job, const ForwardProcess& process)
    : job_(job), units_(job.timesteps, job.name, process), ending_(default_extension(job.options)) {
  if (!units_.pattern().ending().empty()) ending_.clear();
  if (!units_.is_stratified()) return;
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i < job.inputs.size(); ++i) seeds.push_back(seed(i));
  units_.spread_over(std::move(seeds));
}

std::uint64_t Units::seed(std::size_t input) const {
  return file_seed(job_.inputs[input].relative, job_.seed);
}

ImageUnit Units::at(std::size_t number) const {
  const std::size_t input = number / each();
  return units_.at(job_.timesteps.is_random() ? seed(input) : 0, number % each());
}

std::string Units::stem(std::size_t number) const {
  const std::size_t input = number / each();
  fs::path stem = job_.inputs[input].relative;
  if (!job_.keep_ending) stem.replace_extension();
  return units_.name(stem.string(), at(number), units_.pattern().has("seed") ? seed(input) : 0);
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
