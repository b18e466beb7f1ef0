// Where set_timesteps puts its steps: numbers that are spaced evenly, or otherwise.
#pragma once

#include <string_view>
#include <vector>

#include "peers/diffusers/config_fields.h"
#include "peers/diffusers/scheduler_classes.h"

namespace qsample {

/// `count` numbers from `first` to `last`, both included; `first` alone where count is 1.
[[nodiscard]] std::vector<double> linspace(double first, double last, int count);

/// numpy.arange(first, 0, -stride).
[[nodiscard]] std::vector<double> descending(double first, double stride);

/// Rounded to nearest, halves to even.
[[nodiscard]] std::vector<double> rounded(std::vector<double> values);

/// How sigmas go from the greatest to the least.
enum class Ramp { none, karras, exponential, beta, lu };

/// That of the fields of kOtherGrids, of those that the class knows. Lu's may stand beside another:
/// Karras' go before them, and they before the rest.
[[nodiscard]] Ramp read_ramp(ConfigFields& fields, const SchedulerClass& known);

/// Whether it lies within the sigma_min and sigma_max of a config.
[[nodiscard]] bool heeds_bounds(Ramp ramp, const SchedulerClass& known);

/// The field that a ramp comes from.
[[nodiscard]] std::string_view ramp_field(Ramp ramp);

/// `count` sigmas from `greatest` to `least`, those of a named schedule: EDM's with rho 7
/// (arXiv:2206.00364, eq. 5), even in the logarithm, which Lu's are as well, or at quantiles of
/// Beta(0.6, 0.6) (arXiv:2407.12173).
[[nodiscard]] std::vector<double> ramp_sigmas(Ramp ramp, double greatest, double least, int count);

}  // namespace qsample
