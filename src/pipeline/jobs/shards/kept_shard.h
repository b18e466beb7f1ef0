// When resuming: shards that are there and need not be made again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/jobs/shards/noise_sample.h"

namespace qsample {

struct KeptShard {
  std::size_t samples = 0;               ///< each unit is one
  std::vector<SampleImage> images = {};  ///< if they are asked for
};

/// Reads the shard at `path` beside the samples that `parts` gives, as far as they go together:
/// the shard if it holds just those that it would hold, made in the same way, and is whole; nothing
/// where it is to be made, for whatever reason. Takes samples either way.
[[nodiscard]] std::optional<KeptShard> kept_shard(const ShardWork& work, const std::string& path,
                                                  SampleParts& parts, const ShardLimits& limits,
                                                  bool with_images);

/// Throws ExistsAlready for a file that may not be replaced when resuming: it holds something, and
/// no record of qsample's.
void check_is_shard_of_ours(const std::string& path, const OnWait& on_wait);

}  // namespace qsample
