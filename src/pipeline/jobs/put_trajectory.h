// A trajectory into any sink of frames.
#pragma once

#include "pipeline/jobs/saved/saved_files.h"
#include "pipeline/outputs/frame_sink.h"
#include "qsample/jobs/trajectory.h"

namespace qsample {

/// What write_trajectory does, into a sink, which is begun and finished. Of the job's output only
/// its range, whether it resumes, and what records tell of it count; of what it saves, `saved`.
void put_trajectory(const TrajectoryJob& job, const ForwardProcess& process, FrameSink& sink,
                    const RunOptions& run = {}, SavedFiles* saved = nullptr);

}  // namespace qsample
