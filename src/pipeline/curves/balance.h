// Where on its schedule the image and the noise are equally strong.
#pragma once

#include <optional>
#include <vector>

#include "qsample/jobs/curves.h"

namespace qsample::plot {

/// The SNR is 1 between the timestep `before` and the next, by `share` of a step.
struct Balance {
  int before;
  double share;
  int nearest;  ///< timestep
};

/// None where it never is.
[[nodiscard]] std::optional<Balance> balance_of(const NoiseSchedule& schedule);

/// Whether schedules are drawn over t / T, since T differs.
[[nodiscard]] bool over_share(const std::vector<NamedSchedule>& schedules);

}  // namespace qsample::plot
