// Axes: from values to places, with ticks at round numbers.
#pragma once

#include <string>
#include <vector>

namespace qsample::plot {

struct Tick {
  double value;
  std::string label;
};

struct Axis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  bool whole = false;  ///< only whole numbers are on it

  /// 0 at low, 1 at high. Infinite where the value is, and for what has no logarithm.
  [[nodiscard]] double share(double value) const;
};

/// An axis that holds low..high and ends at round numbers.
[[nodiscard]] Axis linear_axis(double low, double high);

/// The same of whole powers of ten; 0 < low <= high.
[[nodiscard]] Axis log_axis(double low, double high);

/// Round values on the axis, ascending, no more than `most` + 1; most >= 1. All labels have as many
/// decimals.
[[nodiscard]] std::vector<Tick> ticks(const Axis& axis, int most);

}  // namespace qsample::plot
