// What is marked in a panel: where the SNR is 1, and the timesteps that were asked for, with their
// values.
#pragma once

#include <vector>

#include "pipeline/curves/arrangement.h"
#include "pipeline/curves/quantities.h"
#include "pipeline/plot/plot.h"

namespace qsample::plot {

/// A panel: where it is, and what its height and its width mean.
struct Panel {
  Area box;
  Axis values;
  Axis time;
  bool over_share;  ///< time is t / T

  [[nodiscard]] double x_of(double along) const {
    return box.left + time.share(along) * (box.right - box.left);
  }
  [[nodiscard]] double height_of(double value) const {
    return box.bottom - values.share(value) * (box.bottom - box.top);
  }
  /// The place of a schedule's value at t.
  [[nodiscard]] Point at(const NoiseSchedule& schedule, int t, double value) const {
    const double along = over_share ? static_cast<double>(t) / schedule.steps() : t;
    return {x_of(along), height_of(value)};
  }
};

/// A mark in a panel, and the schedules that have it there: where T differs, one timestep has
/// several places.
struct Place {
  int t;
  double x;
  std::vector<std::size_t> curves;
};
[[nodiscard]] std::vector<Place> places_of(const CurvesJob& job, const Panel& panel);

/// Room that lettering takes.
struct Span {
  double left, right;
};
[[nodiscard]] bool is_free(const std::vector<Span>& taken, Span wanted);

[[nodiscard]] inline bool is_inside(Point at, const Area& box) {
  return at.y >= box.top && at.y <= box.bottom;
}

/// Adds a line where the SNR is 1 and a ring to each curve there, and for each mark of the job a
/// line across the panel, dots on the curves and their values beside. `lines` are the curves, from
/// the quantity's first t on. Values that there is no room for are left out.
void add_marks(Group& group, const CurvesJob& job, const Quantity& quantity, const Panel& panel,
               const Arrangement& arrangement, const std::vector<Polyline>& lines);

}  // namespace qsample::plot
