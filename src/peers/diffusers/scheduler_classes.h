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
    wuerstchen,     ///< preserving, at any place of its own cosine
    edm,            ///< sigmas
    consistency,    ///< those of EDM at some of its own steps
    exploding_sde,  ///< the VE SDE
    preserving_sde,  ///< the VP SDE
    flow,            ///< (1 - u) x_0 + u eps
  };

  std::string_view name;
  Kind kind;
  double beta_start = 1e-4, beta_end = 0.02;  ///< the class's own defaults
  double sigma_min = 0, sigma_max = 0;
  std::string_view schedule = "linear";  ///< of beta_schedule, or of sigma_schedule
  bool rescales = false;                 ///< knows rescale_betas_zero_snr,
  bool never_zero = false;               ///< and keeps alpha_bar_T at 2^-24 after it
  bool has_lu = false;                   ///< knows use_lu_lambdas besides the other grids
  bool clips = false;                    ///< knows lambda_min_clipped
  bool unbounded_karras = false;         ///< has Karras sigmas that heed no bounds of a config

  /// Whether the class knows use_flow_sigmas, and use_dynamic_shifting with it.
  enum class FlowSigmas { none, fixed, dynamic };
  FlowSigmas flow_sigmas = FlowSigmas::none;

  /// Whether the class knows the fields of kOtherGrids, and what they decide once the number of
  /// inference steps is set: which timesteps are visited, or also which sigma each has.
  enum class Grids { none, timesteps, sigmas };
  Grids grids = Grids::none;

  /// Which timesteps of training set_timesteps(n) visits.
  enum class Steps {
    none,            ///< those of training have no part in it
    rows,            ///< n, whole
    plms,            ///< n, whole, the second or the first ones several times
    ends,            ///< n, whole, from the last to the first
    distilled,       ///< n of those of the teacher
    places,          ///< n, whole or not
    doubled,         ///< n places, each but the first twice
    midpoints,       ///< n places, and one in the middle of each two
    solver,          ///< n + 1, whole, but the last
    inverse_solver,  ///< n + 1, whole, but the first
  };
  Steps steps = Steps::none;
  int trained = 1000;             ///< the default of num_train_timesteps
  std::string_view spacing = {};  ///< the default of timestep_spacing; empty: it has no such field
};

/// The classes that are covered.
[[nodiscard]] std::span<const SchedulerClass> known_scheduler_classes();

/// Why a class of diffusers has no forward process; empty where that is not known of it.
[[nodiscard]] std::string_view why_no_forward_process(std::string_view class_name);

/// Whether the class knows one of kOtherGrids.
[[nodiscard]] bool knows_grid(const SchedulerClass& known, std::string_view field);

/// Fields that put other sigmas in the place of those of the training timesteps.
inline constexpr std::string_view kOtherGrids[] = {"use_karras_sigmas", "use_exponential_sigmas",
                                                   "use_beta_sigmas", "use_lu_lambdas"};

/// Whether a field of the class is about sampling backwards, or about which timesteps that visits,
/// and not about x_t at a timestep of training.
[[nodiscard]] bool is_about_sampling(const SchedulerClass& known, std::string_view field);

}  // namespace qsample
