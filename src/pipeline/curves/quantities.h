// What of a schedule is drawn, a panel each.
#pragma once

#include <span>
#include <string_view>

#include "pipeline/plot/axis.h"
#include "qsample/jobs/curves.h"

namespace qsample::plot {

struct Quantity {
  enum class Range {
    unit,      ///< 0..1
    positive,  ///< from 0, or logarithmic where some curve would lie along the bottom
    both,      ///< to both sides of 0, as far as it matters
  };

  std::string_view name;    ///< of its column in a table
  std::string_view symbol;  ///< as it is set
  std::string_view word;    ///< where there are no symbols
  double (*value)(const NoiseSchedule& schedule, int t);
  int first;  ///< t from which on it is there
  Range range;
};

/// alpha_bar, sigma, log_snr, beta.
[[nodiscard]] std::span<const Quantity> quantities();

/// The axis on which the curves of all schedules are seen.
[[nodiscard]] Axis axis_of(const Quantity& quantity, std::span<const NamedSchedule> schedules);

}  // namespace qsample::plot
