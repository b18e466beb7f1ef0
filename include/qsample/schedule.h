// Noise schedules: how much of the image and how much noise there is at each timestep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qsample {

/// What x_0 and eps are multiplied by: x_t = mix.x0 * x_0 + mix.eps * eps, or in a step s -> t the
/// same of x_s. Of a direct sample x0 is alpha_t and eps is sigma_t in VDM's letters
/// (arXiv:2107.00630); k-diffusion's sigma is their ratio.
struct Mix {
  double x0;
  double eps;
};

/// alpha_t^2 and sigma_t^2. Kept apart, since either may be too small to be had from the other.
struct Variances {
  double alpha_squared;
  double sigma_squared;
};

/// How alpha_t and sigma_t of a whole schedule go together: alpha^2 + sigma^2 = 1, alpha = 1,
/// alpha + sigma = 1, or none of them, or more than one.
enum class Process { preserving, exploding, flow, other };

/// What a network that predicts the velocity learns, in words, such as "eps - x0"; empty for a
/// process without one.
[[nodiscard]] std::string_view velocity_formula(Process process);

/// q(x_s | x_t, x_0) = N(x0 * x_0 + xt * x_t, variance I): what lies between an image and its
/// noised form, which a denoiser learns.
struct Posterior {
  double x0;
  double xt;
  double variance;
};

/// What the noise n_t = x_t - alpha_t x_0 between two timesteps a < m < c is drawn from, given that
/// at both: n_m = from_a * n_a + from_c * n_c + eps * a Gaussian.
struct Bridge {
  double from_a;
  double from_c;
  double eps;
};

/// A real place on the path of a schedule, by a number that says where: see put_place() in
/// qsample/schedules/place.h.
struct PathPlace {
  enum class Kind {
    sigma,    ///< sigma_t / alpha_t, as k-diffusion counts; of a flow its own sigma_t = 1 - alpha_t
    u,        ///< t / T
    log_snr,  ///< natural logarithm of alpha_t^2 / sigma_t^2
  };
  Kind kind;
  double value;
};

/// A point of a schedule that lies between two of its rows.
struct SchedulePoint {
  PathPlace place;       ///< what it was put by
  int before;            ///< the row before it; the next is the one behind it
  double t;              ///< the real timestep, in [before, before + 1)
  std::uint32_t stream;  ///< of the Gaussian that is its own along a path: see place_stream()
};

/// The most steps that a schedule may have.
inline constexpr int kMaxSteps = 1'000'000;

/// A table of (alpha_t, sigma_t) for t = 0..T, so that q(x_t | x_0) = N(alpha_t x_0, sigma_t^2 I).
///
/// Timesteps follow the DDPM paper (arXiv:2006.11239): t = 0 is the clean image, t = 1 has one step
/// of noise, t = T = steps() is the end. Published code that counts k from 0 means t = k + 1.
/// All values are float64. A t outside 0..T is a programming error and throws InvalidArgument.
///
/// A schedule may have points between its rows, which real places are: they are numbered T + 1, T +
/// 2, ... in the order in which they were added, and their number is a t wherever one is taken,
/// but for beta(). They change no row, and no path through the rows.
class NoiseSchedule {
 public:
  /// The variance-preserving schedule of DDPM, eq. 4: alpha_bar_t = prod (1 - beta_s).
  /// betas[k] is beta_{k+1}. Throws InvalidArgument unless there are 1..1 000 000 of them and each
  /// is in (0, 1].
  static NoiseSchedule from_betas(std::span<const double> betas);

  /// A schedule of any kind from its table for t = 1..T: variance preserving, exploding (alpha 1),
  /// a flow. Throws InvalidArgument for values that are negative, not finite or too large for
  /// float32, and where the SNR rises with t. beta(t) is the variance that the step adds, or
  /// betas[t - 1] where betas are given, a peer's rounded ones for instance.
  static NoiseSchedule from_variances(std::span<const Variances> variances,
                                      std::span<const double> betas = {});

  /// The rows with the same SNRs without the image being scaled, x_t = x_0 + (sigma_t / alpha_t)
  /// eps, as the Euler schedulers of diffusers have it. It ends before the first t at which alpha_t
  /// is 0, where there is no such x_t; InvalidArgument where that is t = 1.
  [[nodiscard]] NoiseSchedule unscaled() const;

  [[nodiscard]] int steps() const { return static_cast<int>(beta_.size()); }

  /// Adds a point of these variances, whose SNR lies between those of the rows around it, and
  /// returns its number. Throws InvalidArgument for a point between no two rows.
  int add_point(const SchedulePoint& point, Variances variances);
  [[nodiscard]] bool is_point(int t) const { return t > steps(); }
  /// The point of this number.
  [[nodiscard]] const SchedulePoint& point(int t) const;
  /// How many there are.
  [[nodiscard]] std::size_t points() const { return points_.size(); }
  /// t of a row; the real timestep of a point.
  [[nodiscard]] double time(int t) const { return is_point(t) ? point(t).t : t; }
  /// Whether s comes before t along the path; of points at one place the first that was added.
  [[nodiscard]] bool comes_before(int s, int t) const;

  /// sigma_{t|t-1}^2, the variance that the step t-1 -> t adds; DDPM's beta_t where the schedule is
  /// variance preserving. t in 1..T.
  [[nodiscard]] double beta(int t) const;
  /// alpha_t^2, DDPM's alpha_bar_t; 1 at t = 0.
  [[nodiscard]] double alpha_bar(int t) const;
  /// Factor of x_0 in x_t.
  [[nodiscard]] double alpha(int t) const;
  /// Standard deviation of the noise in x_t, computed without the cancellation of 1 - alpha_bar_t.
  [[nodiscard]] double sigma(int t) const;
  /// Signal-to-noise ratio alpha_t^2 / sigma_t^2; infinite at t = 0.
  [[nodiscard]] double snr(int t) const;
  /// Natural logarithm of snr(t), finite also where alpha_bar_t underflows.
  [[nodiscard]] double log_snr(int t) const;

  /// {alpha_t, sigma_t}: the direct sample, DDPM eq. 4.
  [[nodiscard]] Mix mix(int t) const { return {alpha(t), sigma(t)}; }
  [[nodiscard]] Process process() const;

  /// The factors of x_0 and of eps in v, the target of a network that predicts the velocity at t:
  /// alpha eps - sigma x_0 (arXiv:2202.00512) where the variance is preserved; the same with the
  /// alpha and sigma of that SNR, (eps - sigma x_0) / sqrt(1 + sigma^2), where it explodes (Euler
  /// of diffusers); eps - x_0 for a flow (arXiv:2209.03003). Throws InvalidArgument for another
  /// process.
  [[nodiscard]] Mix velocity(int t) const;

  /// {alpha_{t|s}, sigma_{t|s}} of the step x_s -> x_t, s < t (VDM, appendix A.1). For s = t - 1
  /// this is DDPM's eq. 2: {sqrt(1 - beta_t), sqrt(beta_t)}.
  [[nodiscard]] Mix step(int s, int t) const;

  /// q(x_s | x_t, x_0), s < t (DDPM, eqs. 6 and 7, for s = t - 1; VDM, appendix A.2).
  [[nodiscard]] Posterior posterior(int s, int t) const;

  /// q(x_m | x_a, x_c), a < m < c, as it is drawn along the Markov chain.
  [[nodiscard]] Bridge bridge(int a, int m, int c) const;

  /// KL(q(x_T | x_0) || N(0, I)) in bits per dimension, the term L_T of DDPM's eq. 5, for images
  /// with E[x_0^2] = mean_square; 1/3 is that of pixels uniform on [-1, 1].
  [[nodiscard]] double prior_bits_per_dim(double mean_square = 1.0 / 3) const;

 private:
  // A factor held as value * 2^exponent: over a million steps alpha_bar underflows a double, while
  // the ratio of two neighbours, which a step needs, must not.
  struct Scaled {
    double value;
    std::int64_t exponent;
    [[nodiscard]] double get() const;
  };

  void check(int t, int first) const;

  std::vector<double> beta_;                      // beta_1..beta_T
  std::vector<Scaled> alpha_squared_ = {{1, 0}};  // alpha_t^2, t = 0..T, and of points
  std::vector<double> sigma_squared_ = {0};       // sigma_t^2, likewise
  std::vector<SchedulePoint> points_;
};

/// What timesteps may be spread evenly over: t itself, the logarithm of the SNR, or sigma.
enum class Space { t, log_snr, sigma };

/// Over what frames show the most: the log SNR, or t where that is the same from t = 1 to T, as of
/// a process that blurs alone.
[[nodiscard]] Space usual_space(const NoiseSchedule& schedule);

/// "t", "log-snr", "sigma".
[[nodiscard]] std::string_view space_name(Space space);

/// Whether a timestep may come several times, where a schedule has too few.
enum class Repeats { none, allowed };

/// The most timesteps that spread_timesteps gives where they may come several times.
inline constexpr int kMostSpread = 100'000;

/// `count` timesteps from t = 0 to T, both included, as evenly over `space` as the steps of the
/// schedule allow: each is the one whose value is nearest. Where an end has an infinite log SNR, as
/// t = 0 always has, the others are spread over the finite ones. Without repeats, those that are
/// the same are moved apart. Throws InvalidArgument for a count that is not from 2 to T + 1, or,
/// with repeats, to kMostSpread, and for a space that does not go on after t = 1.
[[nodiscard]] std::vector<int> spread_timesteps(const NoiseSchedule& schedule, int count,
                                                Space space, Repeats repeats = Repeats::none);

/// A number that shapes a schedule, named as its command-line option without the dashes.
struct Parameter {
  std::string_view name;
  double default_value;
};

using ParameterValues = std::map<std::string, double, std::less<>>;

/// A schedule that a formula gives at any real t.
struct Curve {
  std::function<Variances(double t)> at;
  double first;  ///< the least t that it is for: 0, or 1 where its first value is that of t = 1
};

/// One row of the table of named schedules. Rows get added, never changed or removed, so that an
/// old command line keeps its result.
struct ScheduleFamily {
  std::string_view name;
  std::span<const std::string_view> aliases;  ///< further names
  std::string_view source;                    ///< where the formula comes from
  std::span<const Parameter> parameters;
  // One of the two is set; `values` holds every parameter of the row.
  std::vector<double> (*betas)(int steps, const ParameterValues& values);  ///< beta_1..beta_T
  Curve (*curve)(int steps, const ParameterValues& values);
};

/// Every named schedule, in the order in which help shows them.
[[nodiscard]] std::span<const ScheduleFamily> schedule_families();

[[nodiscard]] bool is_schedule_family(std::string_view name);

/// The row that has this name or alias; throws InvalidArgument with the known names and the
/// nearest.
[[nodiscard]] const ScheduleFamily& find_schedule_family(std::string_view name);

/// How the coefficients of a schedule are rounded: not at all, or as PyTorch on AVX2 rounds where
/// diffusers computes them, bit for bit but for the exponential in the betas of `sigmoid`.
enum class Precision {
  float64,
  float32,         ///< sqrt(alpha_bar), sqrt(1 - alpha_bar); their ratio where it is unscaled
  float32_sigmas,  ///< both from their ratio, as the DPM-Solver schedulers do
  float32_alphas,  ///< of an alpha_bar that is computed in float64, as the CogVideoX schedulers do
};

/// Whose torch.linspace that is.
enum class TorchVersion {
  v1_13,  ///< of PyTorch 1.13 on AVX2
  v2_6,   ///< of PyTorch 2.6 on AVX2 and AVX-512
};

/// "float64", "float32", "float32-sigmas", "float32-alphas".
[[nodiscard]] std::string_view precision_name(Precision precision);

/// What set_timesteps of a flow is given: no sigmas, or those of a model's pipeline, and its shift
/// where that is dynamic.
enum class PipelineSigmas {
  none,
  flux,      ///< evenly from 1 to 1/n (also Qwen-Image, LTX-Video, Lumina 2)
  cogview4,  ///< whole timesteps of 1000, evenly from 1000 to 1
  mochi,     ///< linear, then quadratic
  flux2,     ///< those of flux, with a dynamic shift that depends on n as well
};

/// What a schedule is made from. Parameters that are left out take the row's default. Each modifier
/// has a row in qsample/schedule_modifiers.h as well.
struct ScheduleSpec {
  std::string name = "linear";
  int steps = 1000;
  ParameterValues parameters = {};
  /// Shift and scale sqrt(alpha_bar) so that alpha_bar_T = 0 (arXiv:2305.08891, algorithm 1).
  bool zero_terminal_snr = false;
  /// Divide every SNR by this, before anything else (CogVideoX, arXiv:2408.06072, as in diffusers).
  double snr_shift = 1;
  /// With zero_terminal_snr: alpha_bar_T is this instead of 0, as some samplers keep it (2^-24 in
  /// the Euler schedulers of diffusers).
  double least_alpha_bar = 0;
  /// Other than float64 only for schedules made of betas.
  Precision precision = Precision::float64;
  TorchVersion torch = TorchVersion::v1_13;  ///< of a precision other than float64
  /// x_0 + (sigma_t / alpha_t) eps instead of alpha_t x_0 + sigma_t eps; without the t at which
  /// alpha_t is 0.
  bool unscaled = false;
  /// Used instead of a named schedule when not empty; `steps` and `parameters` then do not count.
  std::vector<double> betas = {};
  /// Likewise: alpha_t^2 and sigma_t^2 themselves, for t = 1..T; with betas, those are beta(t).
  std::vector<Variances> table = {};

  // How a scheduler_config.json made the table, which holds all of it.
  /// The steps that its set_timesteps was given; 0: the table is that of training.
  int inference_steps = 0;
  /// What the class does, where that is not what its users mean.
  bool as_constructed = false;
  /// Tokens of the image, which decide a dynamic shift; 0 where there is none.
  double image_tokens = 0;
  PipelineSigmas pipeline_sigmas = PipelineSigmas::none;
  /// The timesteps of training, where they are others than the file's; 0: the file's.
  int trained_steps = 0;
  /// The class's own names of t = 1..T after set_timesteps.
  std::vector<double> timesteps = {};
  /// How many of them the class takes for each of inference_steps.
  int order = 1;
};

/// The schedule of a spec. Throws InvalidArgument for T outside 1..1 000 000, an unknown name, a
/// parameter or modifier that the schedule does not use, and values that its family refuses.
[[nodiscard]] NoiseSchedule make_schedule(const ScheduleSpec& spec);

/// `spec` with its canonical name and every parameter that its family uses, defaults filled in.
[[nodiscard]] ScheduleSpec resolved(const ScheduleSpec& spec);

}  // namespace qsample
