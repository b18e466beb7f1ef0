#include "peers/diffusers/strength.h"

#include <fmt/format.h>

#include <cmath>

#include "qsample/error.h"

namespace qsample {

int strength_timestep(const ScheduleSpec& spec, const NoiseSchedule& schedule, double strength) {
  const int steps = spec.inference_steps;
  if (steps == 0) throw InvalidArgument("`strength` goes with `inference-steps`", "strength");
  if (!(strength > 0 && strength <= 1)) {
    throw InvalidArgument(fmt::format("`strength` {} is not in (0, 1]", strength), "strength");
  }
  const double taken = steps * strength;
  const bool is_flow = schedule.process() == Process::flow;
  const int skipped =
      is_flow ? static_cast<int>(steps - taken) : steps - static_cast<int>(std::floor(taken));
  // A class may take several timesteps for each step, or one more than it was asked for.
  const int t = schedule.steps() - skipped * spec.order;
  if (skipped == steps || t < 1) {
    throw InvalidArgument(fmt::format("`strength` {} takes none of {} steps; the least is {:.4g}",
                                      strength, steps, 1.0 / steps),
                          "strength");
  }
  return t;
}

}  // namespace qsample
