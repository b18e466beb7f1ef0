// One image at many timesteps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/forward_process.h"
#include "pipeline/input.h"
#include "pipeline/outputs/frame_folder.h"
#include "qsample/run.h"

namespace qsample {

struct TrajectoryJob {
  std::string input;
  std::string output;   ///< folder, created if it is missing
  std::vector<int> ts;  ///< ascending
  int offset = 0;       ///< what names say less than t: 1 where timesteps count from 0
  InputOptions reading = {};
  std::uint64_t seed = 0;
  OutputOptions options = {};
  std::vector<OtherInput> other_inputs = {};
  OnOtherFrames on_other_frames = {};
};

/// Writes output/<stem>_t<t - offset>.png for each t, each equal to the frame made alone. The
/// frames are made and written one after the other on each worker, which holds the log2(T) states
/// of its path. Throws, before anything is written, InvalidArgument if a frame is an input, Error
/// if one exists already and may not be replaced; Interrupted, with all frames that there are
/// whole, if `run.stop` was set. Tells of "frames".
void write_trajectory(const TrajectoryJob& job, const ForwardProcess& process,
                      const RunOptions& run = {});

/// The same into any sink, which is begun and finished.
void put_trajectory(const TrajectoryJob& job, const ForwardProcess& process, FrameSink& sink,
                    const RunOptions& run = {});

}  // namespace qsample
