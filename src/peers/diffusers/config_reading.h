// The parts that a scheduler_config.json is read in, by the kind of its class.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "peers/diffusers/config_fields.h"
#include "peers/diffusers/scheduler_classes.h"
#include "peers/diffusers/scheduler_config.h"

namespace qsample {

/// A step of a class after set_timesteps.
struct GridStep {
  double timestep;  ///< what the class calls it
  Variances variances;
};

/// A config that is being read.
struct ConfigReading {
  ConfigFields& fields;
  const SchedulerClass& known;
  const ConfigRequest& request;
  SchedulerConfig& config;

  /// The schedule is the table of these steps, which go either way.
  void set_table(std::vector<GridStep> steps) const;

  /// Refuses the request; `why` follows the name of the class.
  [[noreturn]] void refuse(const std::string& why) const;

  /// Notes that the class does otherwise than its users mean, as `what` says; gives whether that is
  /// what was asked for.
  [[nodiscard]] bool asked_as_constructed(const std::string& what) const;

  /// Whether the timesteps of training have other sigmas, within bounds that the config sets. Notes
  /// what other sigmas do.
  [[nodiscard]] bool has_bounded_sigmas() const;

  /// What a dynamic shift multiplies u / (1 - u) by: that of the image's tokens.
  [[nodiscard]] double dynamic_shift() const;
};

/// Those made of betas.
void read_betas(const ConfigReading& reading);
/// Flow matching.
void read_flow(const ConfigReading& reading);
/// Those with sigmas of their own, and Wuerstchen's.
void read_sigmas(const ConfigReading& reading);

/// The steps of set_timesteps(n) of a class made of betas. `trained` preserves the variance.
[[nodiscard]] std::vector<GridStep> beta_grid(const ConfigReading& reading,
                                              const NoiseSchedule& trained, int n);

/// Likewise with use_flow_sigmas.
[[nodiscard]] std::vector<GridStep> flow_sigmas_grid(const ConfigReading& reading, int n);

/// What the class calls these steps, the noisiest first.
[[nodiscard]] std::vector<double> flow_sigmas_timesteps(const ConfigReading& reading, int n);

}  // namespace qsample
