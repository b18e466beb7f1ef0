// One image at many timesteps.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pipeline/frame_writer.h"
#include "pipeline/parallel.h"

namespace qsample {

/// Told after each file: how many are done, of how many. Calls come one at a time.
using Progress = std::function<void(std::size_t done, std::size_t total)>;

struct TrajectoryJob {
  std::string input;
  std::string folder;   ///< created if it is missing
  std::vector<int> ts;  ///< ascending
  InputOptions reading = {};
  std::uint64_t seed = 0;
  OutputOptions output;
  int workers = 1;
  std::vector<OtherInput> other_inputs = {};
};

/// Writes folder/<stem>_t<t>.png for each t, each equal to the frame made alone. The frames are
/// made and written one after the other on each worker, which holds the log2(T) states of its path.
/// Throws, before anything is written, InvalidArgument if a frame is an input, Error if one exists
/// already and may not be replaced;
/// Interrupted, with all frames that there are whole, if `stop` was set.
void write_trajectory(const TrajectoryJob& job, const Recipe& recipe, const Progress& progress = {},
                      Stop stop = nullptr);

}  // namespace qsample
