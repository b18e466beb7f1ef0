// x_0 as a process sees it at a timestep.
#pragma once

#include "qsample/image.h"
#include "qsample/jobs/forward_process.h"

namespace qsample {

/// What stands for x_0 in x_t = alpha_t x_0 + sigma_t eps: the image itself, or, where the process
/// blurs it at t, its blur as floats, of 64 bits where the image has 64; alpha passes through.
/// Takes the image over; `workers` threads. `poll` as NoisePath has it.
[[nodiscard]] Image seen_at(const ForwardProcess& process, Image clean, int t, int workers,
                            const NoisePath::Poll& poll = {});

}  // namespace qsample
