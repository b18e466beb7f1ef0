// Forward processes that do more than scale x_0 and add Gaussian noise: the table that `process`,
// records and command lines go by.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "qsample/processes/blur.h"
#include "qsample/processes/discrete.h"
#include "qsample/schedule.h"

namespace qsample {

/// One row of the table. Rows get added, never changed or removed, so that an old command line
/// keeps its result.
///
/// | name            | q(x_t | x_0)                                                               |
/// |-----------------|----------------------------------------------------------------------------|
/// | gaussian        | N(alpha_t x_0, sigma_t^2 I)                                                |
/// | blur            | N(alpha_t B_t x_0, sigma_t^2 I), B_t a blur (arXiv:2209.05557)             |
/// | heat            | the same, with a schedule that leaves the image unscaled (arXiv:2206.13397)|
/// | d3pm-uniform    | a law of 8-bit values, by uniform jumps (arXiv:2107.03006)                 |
/// | d3pm-absorbing  | by jumps to the grey 128, of beta_t = 1/(T - t + 1) if nothing else is said|
/// | d3pm-gaussian   | by discretised Gaussians                                                   |
struct CorruptionFamily {
  std::string_view name;
  std::string_view source;   ///< where it comes from
  std::string_view formula;  ///< of x_t, for a record
  std::span<const Parameter> parameters;
  std::string_view schedule;  ///< what gives alpha_t and sigma_t where no schedule is named
  std::span<const Parameter> schedule_parameters;  ///< its parameters where they are not given
  /// Throws InvalidArgument for values that can't be; `values` holds every parameter of the row.
  void (*check)(const ParameterValues& values);
  /// The blur of x_0 at a real t in 0..steps; null where there is none.
  Blur (*blur)(double t, int steps, const ParameterValues& values);
  std::optional<Transition>
      transition;  ///< of a sample's value; none where it is no discrete state
};

/// Every process, in the order in which help shows them: "gaussian" comes first.
[[nodiscard]] std::span<const CorruptionFamily> corruption_families();

/// The row of this name; throws InvalidArgument with the known names.
[[nodiscard]] const CorruptionFamily& find_corruption_family(std::string_view name);

/// A row with the values of its parameters.
struct Corruption {
  const CorruptionFamily* family = &corruption_families().front();
  ParameterValues parameters = {};

  [[nodiscard]] bool is_gaussian() const { return family == &corruption_families().front(); }
  [[nodiscard]] bool is_discrete() const { return family->transition.has_value(); }
  /// The blur of x_0 at t of a schedule; none where the process has none. Needs resolved().
  [[nodiscard]] std::optional<Blur> blur(const NoiseSchedule& schedule, int t) const;
};

/// `corruption` with every parameter of its row, defaults filled in. Throws InvalidArgument for a
/// parameter that the row does not use, and for values that can't be.
[[nodiscard]] Corruption resolved(const Corruption& corruption);

/// The schedule of a row where none is named.
[[nodiscard]] ScheduleSpec usual_schedule(const CorruptionFamily& family);

}  // namespace qsample
