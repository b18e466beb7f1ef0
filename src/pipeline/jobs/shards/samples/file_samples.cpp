#include "pipeline/jobs/shards/samples/file_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

// What a trainer looks for beside an image: its class, its facts, its caption.
constexpr std::string_view kBeside[] = {".cls", ".json", ".txt"};

std::string several(std::size_t count) {
  return count > 1 ? fmt::format(", and {} more of that kind", count - 1) : "";
}

}  // namespace

std::optional<Sample> FileSamples::next() {
  if (at_ == job_.inputs.size()) return std::nullopt;
  const BatchInput& input = job_.inputs[at_++];
  const std::string key(key_of(input.relative));
  Sample sample{.key = key};
  sample.members.push_back({.name = input.relative, .path = input.path, .is_image = true});
  for (const std::string_view ending : kBeside) {
    const std::string path = fs::path(input.path).replace_extension(ending).string();
    std::error_code unknown;
    if (!fs::is_regular_file(path, unknown)) continue;
    sample.members.push_back({.name = key + std::string(ending), .path = path});
  }
  return sample;
}

void FileSamples::check(const BatchJob& job) {
  std::size_t dotted = 0;
  const BatchInput* first = nullptr;
  std::vector<std::pair<std::uint64_t, std::size_t>> keys;
  for (std::size_t i = 0; i < job.inputs.size(); ++i) {
    const BatchInput& input = job.inputs[i];
    const std::string stem = fs::path(input.relative).replace_extension().string();
    if (key_of(input.relative) != stem && dotted++ == 0) first = &input;
    keys.emplace_back(file_seed(stem, 0), i);
  }
  if (first != nullptr) {
    throw InvalidArgument(fmt::format(
        "{}: the key of a sample ends at the first dot of its name, within this one{}; rename it, "
        "or leave it out with `exclude`",
        first->path, several(dotted)));
  }
  std::sort(keys.begin(), keys.end());
  const auto same = std::adjacent_find(
      keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (same == keys.end()) return;
  const BatchInput& one = job.inputs[same->second];
  const BatchInput& other = job.inputs[std::next(same)->second];
  throw InvalidArgument(fmt::format(
      "{} and {}: would be one sample, {}; {}", one.path, other.path, key_of(one.relative),
      one.path == other.path           ? "it is named twice"
      : one.relative == other.relative ? "`base` names the folder above both"
                                       : "rename one, or leave it out with `exclude`"));
}

}  // namespace qsample
