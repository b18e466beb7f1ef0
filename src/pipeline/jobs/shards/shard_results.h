// What becomes of the samples of a job of shards, for those who are told.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "files/outputs.h"
#include "pipeline/jobs/shards/noise_sample.h"
#include "pipeline/outputs/manifest.h"
#include "qsample/jobs/batch.h"
#include "qsample/run.h"

namespace qsample {

/// The manifest, with the lines of shards, and who else is told: a member's path is that of its
/// shard and its name.
class ShardManifest {
 public:
  /// What it is made of outlives it.
  ShardManifest(const BatchJob& job, const OnResult& on_result, Outputs& outputs);

  [[nodiscard]] bool is_wanted() const { return manifest_ || on_result_; }
  void add(const std::string& shard, const std::vector<SampleImage>& images);
  void commit() {
    if (manifest_) manifest_->commit();
  }

 private:
  void tell(const std::string& shard, const SampleImage& image) const;

  const BatchJob& job_;
  const OnResult& on_result_;
  std::optional<Manifest> manifest_;
  std::size_t lines_ = 0;
};

/// Counts and tells what becomes of samples, in their order.
class ShardTally {
 public:
  /// `total`: samples that there are to be, 0 where nobody knows. The others outlive it.
  ShardTally(std::size_t total, const OnFailure& on_failure, const RunOptions& run);

  /// Of so many samples.
  void add(const Outcome& outcome, std::size_t count);
  void add_kept(std::size_t samples);
  /// Of samples that went into a shard that has not come to be.
  void take_back(std::size_t samples);
  /// Of a shard or a manifest as a whole.
  void fail(const std::string& message);

  BatchResult result;

 private:
  void tell();

  const OnFailure& on_failure_;
  const RunOptions& run_;
  Headway headway_;
  std::string told_;
};

}  // namespace qsample
