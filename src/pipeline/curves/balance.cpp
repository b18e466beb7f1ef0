#include "pipeline/curves/balance.h"

#include <algorithm>
#include <cmath>

namespace qsample::plot {

std::optional<Balance> balance_of(const NoiseSchedule& schedule) {
  for (int t = 1; t <= schedule.steps(); ++t) {
    const double after = schedule.log_snr(t);
    if (after > 0) continue;
    const double before = schedule.log_snr(t - 1);
    // Next to an infinite one it is as if at the other.
    if (!std::isfinite(before))
      return after == 0 ? std::optional(Balance{t - 1, 1, t}) : std::nullopt;
    const double share = std::isfinite(after) ? before / (before - after) : 0;
    return Balance{t - 1, share, before <= -after ? t - 1 : t};
  }
  return std::nullopt;
}

bool over_share(const std::vector<NamedSchedule>& schedules) {
  return std::any_of(schedules.begin(), schedules.end(), [&](const NamedSchedule& other) {
    return other.schedule.steps() != schedules.front().schedule.steps();
  });
}

}  // namespace qsample::plot
