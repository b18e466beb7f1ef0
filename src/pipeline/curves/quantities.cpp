#include "pipeline/curves/quantities.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace qsample::plot {
namespace {

// A curve of which half the values are below this share of the axis lies along its bottom.
constexpr double kLow = 0.05;
// Where a curve goes down to almost nothing, it is seen so far below its middle.
constexpr double kTail = 1e-5;
// No sample of floats shows an SNR of e^40 or e^-40: what goes on behind it is left out.
constexpr double kMostLogSnr = 40;

constexpr Quantity kQuantities[] = {
    {"alpha_bar", "\u1FB1", "alpha_bar",
     [](const NoiseSchedule& s, int t) { return s.alpha_bar(t); }, 0, Quantity::Range::unit},
    {"sigma", "\u03C3", "sigma", [](const NoiseSchedule& s, int t) { return s.sigma(t); }, 0,
     Quantity::Range::positive},
    {"log_snr", "log SNR", "log SNR", [](const NoiseSchedule& s, int t) { return s.log_snr(t); }, 0,
     Quantity::Range::both},
    {"beta", "\u03B2", "beta", [](const NoiseSchedule& s, int t) { return s.beta(t); }, 1,
     Quantity::Range::positive},
};

std::vector<double> finite_values(const Quantity& quantity, const NoiseSchedule& schedule) {
  std::vector<double> values;
  for (int t = quantity.first; t <= schedule.steps(); ++t) {
    const double value = quantity.value(schedule, t);
    if (std::isfinite(value)) values.push_back(value);
  }
  return values;
}

// What the values of all schedules tell of an axis.
struct Extent {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
  double least_above_zero = std::numeric_limits<double>::infinity();
  double least_median = std::numeric_limits<double>::infinity();

  void add(std::vector<double> values) {
    if (values.empty()) return;
    for (const double value : values) {
      least = std::min(least, value);
      most = std::max(most, value);
      if (value > 0) least_above_zero = std::min(least_above_zero, value);
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    least_median = std::min(least_median, *middle);
  }
};

}  // namespace

std::span<const Quantity> quantities() { return kQuantities; }

Axis axis_of(const Quantity& quantity, std::span<const NamedSchedule> schedules) {
  Extent extent;
  for (const auto& [label, schedule, timesteps] : schedules)
    extent.add(finite_values(quantity, schedule));
  switch (quantity.range) {
    case Quantity::Range::unit: return linear_axis(0, std::max(extent.most, 1.0));
    case Quantity::Range::both:
      if (extent.least > extent.most) return linear_axis(-1, 1);
      return linear_axis(std::clamp(extent.least, -kMostLogSnr, kMostLogSnr),
                         std::clamp(extent.most, -kMostLogSnr, kMostLogSnr));
    case Quantity::Range::positive: break;
  }
  if (!(extent.most > 0)) return linear_axis(0, 1);
  if (!(extent.least_median < kLow * extent.most)) return linear_axis(0, extent.most);
  const double middle = extent.least_median > 0 ? extent.least_median : extent.least_above_zero;
  return log_axis(std::max(extent.least_above_zero, kTail * middle), extent.most);
}

}  // namespace qsample::plot
