#include "pipeline/jobs/shards/shard_results.h"

#include <filesystem>
#include <utility>

#include "files/identity/place.h"

namespace qsample {

ShardManifest::ShardManifest(const BatchJob& job, const OnResult& on_result, Outputs& outputs)
    : job_(job), on_result_(on_result) {
  if (job.manifest.empty()) return;
  const bool replace = job.options.overwrite || job.options.resume;
  manifest_.emplace(job.manifest, OutputRules{.overwrite = replace}, outputs);
}

void ShardManifest::add(const std::string& shard, const std::vector<SampleImage>& images) {
  for (const SampleImage& image : images) {
    Outcome outcome = image.outcome;
    if (on_result_) tell(shard, image);
    if (!manifest_) continue;
    if (job_.wording) outcome.error = job_.wording(outcome.error);
    const std::filesystem::path folder =
        shard == "-" ? "" : path_from_manifest(job_.manifest, folder_of(shard));
    const auto path_of = [&](const std::string& member) {
      return (folder / std::filesystem::path(shard).filename() / member).lexically_normal();
    };
    std::vector<FileName> names = {{"file_name", path_of(image.output)}};
    for (const auto& [key, member] : image.saved) names.emplace_back(key, path_of(member));
    const std::string output = image.output.empty() ? shard : shard + "/" + image.output;
    manifest_->add(lines_++, manifest_line(image.input, output, names, outcome));
  }
}

void ShardManifest::tell(const std::string& shard, const SampleImage& image) const {
  using enum Result::Status;
  const bool is_failed = image.outcome.status == Outcome::Status::failed;
  const bool is_kept = image.outcome.status == Outcome::Status::kept;
  on_result_({is_failed ? failed
              : is_kept ? kept
                        : written,
              image.input, image.output.empty() ? shard : shard + "/" + image.output,
              image.outcome.error, image.outcome.record});
}

ShardTally::ShardTally(std::size_t total, const OnFailure& on_failure, const RunOptions& run)
    : on_failure_(on_failure), run_(run), headway_{"samples", 0, total} {
  tell();
}

void ShardTally::add(const Outcome& outcome, std::size_t count) {
  switch (outcome.status) {
    case Outcome::Status::not_begun: result.interrupted = true; return;
    case Outcome::Status::written: ++result.written; break;
    case Outcome::Status::kept: ++result.kept; break;
    case Outcome::Status::failed:
      result.failed += count;
      if (outcome.error != told_) on_failure_(outcome.error, false);  // an error of all is one
      told_ = outcome.error;
      break;
  }
  headway_.done += count;
  tell();
}

void ShardTally::add_kept(std::size_t samples) {
  result.kept += samples;
  headway_.done += samples;
  tell();
}

void ShardTally::take_back(std::size_t samples) {
  result.written -= samples;
  result.failed += samples;
  tell();
}

void ShardTally::fail(const std::string& message) {
  result.unsaved = true;
  on_failure_(message, false);
}

void ShardTally::tell() {
  headway_.unmade = result.kept + result.failed;
  if (run_.progress) run_.progress(headway_);
}

}  // namespace qsample
