// Data sets in tar archives, as WebDataset has them: shards of samples.
//
// A sample is the members that stand together and have one key: the name up to the first dot of its
// last part. Its images are noised; cat.jpg becomes cat.png, and cat.qsample.json beside it is the
// record. All other members pass byte for byte. Where an image has several timesteps or draws, its
// sample becomes one for each, cat_t0250_k1, with all the members.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "qsample/jobs/batch.h"
#include "qsample/jobs/forward_process.h"
#include "qsample/run.h"

namespace qsample {

/// When a shard is closed: once it holds so many samples, or takes so many bytes.
struct ShardLimits {
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
  std::size_t samples = std::numeric_limits<std::size_t>::max();
};

struct ShardJob {
  /// As of files, but: with `from_shards` its inputs are tar archives, compressed or not, "-" being
  /// standard input. Its output is a tar archive by its ending, which with a field %06d in its name
  /// stands for a numbered series; "-", standard output; or, of shards, a folder where each has one
  /// of its own name. It has one timestep, or one by a law, one draw, and nothing saved beside.
  BatchJob images;
  bool from_shards = false;
  ShardLimits limits = {};  ///< of a numbered series
  /// Patterns of members, as BatchSelection has them, of which images are noised; others pass.
  std::vector<std::string> include = {};
  std::vector<std::string> exclude = {};
};

/// Whether a name is that of a tar archive: .tar, .tar.gz, .tgz, ...
[[nodiscard]] bool is_shard_name(std::string_view name);

/// Whether a name has a field, %06d, for the numbers of a series. Throws InvalidArgument where it
/// has several, or another.
[[nodiscard]] bool has_shard_number(const std::string& name);

/// Noises every sample that it can, in order, whatever the number of workers; BatchResult counts
/// samples. A sample is left out whole if anything about it fails; a shard that is damaged is not
/// made, unless damage is allowed. The seed of an image is that of its member's name, for files
/// their path below the input folder: another cut into shards leaves the noise. Beside an image
/// file of the same name, .cls, .json and .txt come along. When resuming, shards that hold the same
/// samples made in the same way are kept. Throws, before it starts, InvalidArgument for names that
/// would make two samples one, and for an output that is an input; Error for what exists already.
BatchResult run_shards(const ShardJob& job, const ForwardProcess& process,
                       const OnFailure& on_failure, const RunOptions& run = {});

}  // namespace qsample
