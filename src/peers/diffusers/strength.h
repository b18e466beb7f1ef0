// Where the image-to-image pipelines of diffusers start.
#pragma once

#include "qsample/schedule.h"

namespace qsample {

/// The t of x_t that image-to-image begins with, for a schedule of set_timesteps: of its N steps
/// int(strength N) are taken, in the pipelines of flows N - int(N - strength N), rounded up that
/// is. Throws InvalidArgument for a strength outside (0, 1], one that takes no step, and a spec
/// without inference_steps.
[[nodiscard]] int strength_timestep(const ScheduleSpec& spec, const NoiseSchedule& schedule,
                                    double strength);

}  // namespace qsample
