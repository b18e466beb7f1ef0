// The archives of a job of shards: their names, and what must not be.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "files/outputs.h"
#include "qsample/jobs/shards.h"

namespace qsample {

/// How the output of a job is divided into archives.
enum class ShardForm {
  folder,  ///< each shard that is read has one of its name there
  series,  ///< numbered
  single   ///< all in one: a file, or standard output
};

[[nodiscard]] ShardForm form_of(const ShardJob& job);

/// The name of a shard of a series; the name itself where it has no field.
[[nodiscard]] std::string numbered_shard(const std::string& name, std::size_t number);

/// The archive of a shard in the output folder.
[[nodiscard]] std::string mirrored_shard(const ShardJob& job, const std::string& shard);

/// Throws InvalidArgument if an output, the manifest among them, is an input or another output.
void check_shard_files(const ShardJob& job, JobFiles& files);

/// The archives there are of a series from `first` on, in order.
[[nodiscard]] std::vector<std::string> shards_there(const std::string& series, std::size_t first);

}  // namespace qsample
