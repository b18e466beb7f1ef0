// The laws that trainers draw timesteps by, as quantile functions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "qsample/schedule.h"

namespace qsample {

/// One row of the table of laws. Rows get added, never changed or removed, so that an old command
/// line keeps its result.
struct TimestepLaw {
  /// What a law draws.
  enum class Variable {
    level,     ///< a share of the steps in (0, 1); noise grows with it
    position,  ///< a share in (0, 1) of a list of timesteps that descends; noise falls with it
    sigma,     ///< sigma_t / alpha_t, within (0, infinity)
  };
  struct Parameter {
    std::string_view name;  ///< "mean", "std", ...
    double default_value;
    bool positive;  ///< must be greater than 0
  };

  std::string_view name;
  Variable variable;
  std::span<const Parameter> parameters;
  std::string_view source;  ///< the code that draws so, for a person
  /// The value that is exceeded with probability 1 - p, p in (0, 1), to 1e-12. `values` are those
  /// of the parameters, in their order.
  double (*quantile)(double p, std::span<const double> values);
};

/// Every law, in the order in which help shows them: "uniform" comes first.
[[nodiscard]] std::span<const TimestepLaw> timestep_laws();

/// The row of this name; throws InvalidArgument with the known names.
[[nodiscard]] const TimestepLaw& find_timestep_law(std::string_view name);

/// Timesteps of a schedule drawn by a law, from `first` to `last`. Of a share v of the n = last -
/// first + 1 timesteps it is first + floor(n v) where noise grows with v, and last - floor(n v)
/// where it falls, as trainers take int(n v) of a list; a sigma has the timestep whose sigma /
/// alpha is nearest, by the logarithm.
class RandomTimesteps {
 public:
  /// The range is 1 to the last step where it is not given. `values` are the law's parameters; none
  /// for the defaults. Throws InvalidArgument for values or a range that can't be. The schedule is
  /// kept by reference.
  explicit RandomTimesteps(const NoiseSchedule& schedule,
                           const TimestepLaw& law = timestep_laws().front(),
                           std::vector<double> values = {}, int first = 1, int last = -1);

  /// The quantile at p in (0, 1).
  [[nodiscard]] int at(double p) const;

  /// The timestep of a draw of the seed: at() the uniform that uniform_bits() has for it.
  [[nodiscard]] int draw(std::uint64_t seed, std::uint32_t draw = 0) const;

 private:
  [[nodiscard]] int of_share(double share) const;

  const NoiseSchedule& schedule_;
  const TimestepLaw* law_;
  std::vector<double> values_;
  int first_, last_;
};

/// Probabilities for RandomTimesteps::at() such that each of n equal parts of (0, 1) has one: draw
/// k of the seed number i has that of index i * draws + k. Which part is whose, and where in it,
/// comes of the set of seeds alone, not of their order.
[[nodiscard]] std::vector<double> stratified(std::span<const std::uint64_t> seeds,
                                             std::uint32_t draws = 1);

}  // namespace qsample
