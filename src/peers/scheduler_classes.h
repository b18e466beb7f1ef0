// What is known of the scheduler classes of diffusers: which forward process each has, and what its
// fields are for.
#pragma once

#include <span>
#include <string_view>

namespace qsample {

struct SchedulerClass {
  enum class Kind {
    preserving,     ///< sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps, read from the table of betas
    by_sigmas,      ///< the same, by way of sigma / alpha
    unscaled,       ///< x_0 + (sigma / alpha) eps
    cosine,         ///< preserving, and always the cosine
    edm,            ///< sigmas
    exploding_sde,  ///< the VE SDE
    preserving_sde,  ///< the VP SDE
    flow,            ///< (1 - u) x_0 + u eps
  };

  std::string_view name;
  Kind kind;
  double beta_start = 0, beta_end = 0;  ///< the class's own defaults
  std::string_view beta_schedule = "linear";
  bool rescales = false;    ///< knows rescale_betas_zero_snr,
  bool never_zero = false;  ///< and keeps alpha_bar_T at 2^-24 after it

  /// Whether the class knows the fields of kOtherGrids, and what they decide once the number of
  /// inference steps is set: which timesteps are visited, or also which sigma each has.
  enum class Grids { none, timesteps, sigmas };
  Grids grids = Grids::none;
};

/// The classes that are covered.
[[nodiscard]] std::span<const SchedulerClass> known_scheduler_classes();

/// Fields that put other sigmas in the place of those of the training timesteps.
inline constexpr std::string_view kOtherGrids[] = {"use_karras_sigmas", "use_exponential_sigmas",
                                                   "use_beta_sigmas", "use_lu_lambdas"};

/// Whether a field of the class is about sampling backwards, or about which timesteps that visits,
/// and not about x_t at a timestep of training.
[[nodiscard]] bool is_about_sampling(const SchedulerClass& known, std::string_view field);

}  // namespace qsample
