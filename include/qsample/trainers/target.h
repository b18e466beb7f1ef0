// What training code wants beside x_t: the table that `save` and records go by.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "qsample/schedule.h"
#include "qsample/trainers/noise_additions.h"

namespace qsample {

/// The deviation of the data that EDM's scalings are made for, where none is given.
inline constexpr double kSigmaData = 0.5;

/// EDM's scalings of x = x_0 + sigma eps (arXiv:2206.00364, table 1), where sigma is sigma_t /
/// alpha_t: the denoised image is c_skip x + c_out F(c_in x, c_noise).
struct EdmScalings {
  double sigma, sigma_data, c_skip, c_out, c_in, c_noise;
};

/// Throws InvalidArgument where sigma is 0 or infinite.
[[nodiscard]] EdmScalings edm_scalings(const NoiseSchedule& schedule, int t,
                                       double sigma_data = kSigmaData);

/// One row: a quantity that is linear in x_0 and eps.
///
/// | name      | what it is                                                                  |
/// |-----------|-----------------------------------------------------------------------------|
/// | x0        | the clean image                                                             |
/// | eps       | the noise in x_t = alpha_t x_0 + sigma_t eps                                |
/// | v         | what a network that predicts the velocity learns: NoiseSchedule::velocity   |
/// | velocity  | of a flow, eps - x_0 (arXiv:2209.03003)                                     |
/// | score     | grad log q(x_t | x_0) = -eps / sigma_t (arXiv:2011.13456)                   |
/// | edm       | what EDM's network F learns: (x_0 - c_skip x) / c_out                       |
/// | edm-input | what it is given: c_in x                                                    |
struct Target {
  std::string_view name;
  NoisePart part;     ///< the noise that it is made of
  bool has_scalings;  ///< EDM's, which depend on sigma_data
  /// The factors of x_0 and eps. Throws InvalidArgument where the schedule has no such quantity at
  /// t.
  Mix (*mix)(const NoiseSchedule& schedule, int t, double sigma_data);
  /// In words, for a record.
  std::string (*formula)(const NoiseSchedule& schedule);
};

/// Every target, in the order in which help shows them.
[[nodiscard]] std::span<const Target> targets();

/// The target of this name, or null.
[[nodiscard]] const Target* find_target(std::string_view name);

}  // namespace qsample
