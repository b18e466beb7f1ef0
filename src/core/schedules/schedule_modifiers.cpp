// The table of what changes schedules: one row each, and the formulas of those that change betas.

#include "qsample/schedule_modifiers.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "base/fail.h"

namespace qsample {
namespace {

// CogVideoX: snr / c at every t. With alpha_bar' = alpha_bar / (c + (1 - c) alpha_bar), the betas
// become beta'_t = c beta_t alpha_bar'_t / alpha_bar_t, without a difference of near equals.
std::vector<double> with_snr_shift(const std::vector<double>& betas, double c) {
  if (!(c > 0 && std::isfinite(c))) fail(Named{"snr-shift"}, " must be positive");
  std::vector<double> out;
  out.reserve(betas.size());
  double alpha_bar = 1;
  double rest = 0;  // 1 - alpha_bar, without a difference
  for (const double beta : betas) {
    rest += beta * alpha_bar;
    alpha_bar *= 1 - beta;
    out.push_back(beta == 1 ? 1 : std::min(1.0, c * beta / (c * rest + alpha_bar)));
  }
  return out;
}

// Algorithm 1 of arXiv:2305.08891 on s_t = sqrt(alpha_bar_t): s'_t = (s_t - s_T) s_1 / (s_1 - s_T).
// beta'_t = (s'_{t-1}^2 - s'_t^2) / s'_{t-1}^2, with differences of s taken from beta itself.
std::vector<double> with_zero_terminal_snr(const std::vector<double>& betas, double /*on*/) {
  std::vector<double> s;
  s.reserve(betas.size());
  double alpha_bar = 1;
  for (const double beta : betas) s.push_back(std::sqrt(alpha_bar *= 1 - beta));
  if (!(s.front() > s.back())) fail("zero terminal SNR needs a schedule of two steps or more");
  auto out = betas;
  out.back() = 1;
  // So near to it, as over a hundred thousand steps, that a double tells no difference.
  constexpr double kNothing = 1e-150;
  if (s.back() < kNothing) return out;
  const double scale = s.front() / (s.front() - s.back());
  for (std::size_t i = 1; i + 1 < s.size(); ++i) {
    const double before = (s[i - 1] - s.back()) * scale;
    const double now = (s[i] - s.back()) * scale;
    const double drop = betas[i] * s[i - 1] * s[i - 1] / (s[i - 1] + s[i]) * scale;
    out[i] = drop * (before + now) / (before * before);
  }
  return out;
}

// The last beta becomes such that alpha_bar ends at `least`.
std::vector<double> with_least_alpha_bar(const std::vector<double>& betas, double least) {
  double before = 1;
  for (std::size_t i = 0; i + 1 < betas.size(); ++i) before *= 1 - betas[i];
  if (!(least < before)) {
    fail(
        "alpha_bar is to end at ", least, " and is ", before,
        " one step before: the signal-to-noise ratio would rise; take a smaller beta_end, or leave "
        "out the rescaling to zero SNR");
  }
  auto out = betas;
  out.back() = 1 - least / before;
  return out;
}

void check_least_alpha_bar(double least) {
  if (!(least >= 0 && least < 1)) {
    fail(Named{"least-alpha-bar"}, " ", least, " is outside [0, 1)");
  }
}

void check_inference_steps(double steps) {
  if (!(steps >= 0 && steps <= kMaxSteps && steps == std::floor(steps))) {
    fail(Named{"inference-steps"}, " ", steps, " is not a whole number from 1 to ", kMaxSteps);
  }
}

void check_image_tokens(double tokens) {
  if (!(tokens >= 0 && std::isfinite(tokens))) fail(Named{"image-tokens"}, " must be positive");
}

// --- Fields of a spec as numbers ---

template <auto kField>
double get(const ScheduleSpec& spec) {
  return static_cast<double>(spec.*kField);
}

template <auto kField>
void set(ScheduleSpec& spec, double value) {
  using Field = std::remove_reference_t<decltype(spec.*kField)>;
  spec.*kField = static_cast<Field>(value);
}

using Kind = ScheduleModifier::Kind;
using Scope = ScheduleModifier::Scope;

constexpr std::string_view kForms[] = {"vp", "ve"};  // of ScheduleSpec::unscaled
constexpr std::string_view kPipelines[] = {"none", "flux", "cogview4", "mochi", "flux2"};
constexpr std::string_view kPrecisions[] = {"float64", "float32", "float32-sigmas",
                                            "float32-alphas"};
constexpr std::string_view kTorchVersions[] = {"1.13", "2.6"};

constexpr ScheduleModifier kModifiers[] = {
    {.name = "snr-shift",
     .kind = Kind::number,
     .scope = Scope::betas,
     .default_value = 1,
     .help = "divide every SNR by X, for schedules made of betas (CogVideoX: 3)",
     .get = get<&ScheduleSpec::snr_shift>,
     .set = set<&ScheduleSpec::snr_shift>,
     .betas = with_snr_shift},
    {.name = "zero-terminal-snr",
     .kind = Kind::flag,
     .scope = Scope::betas,
     .help = "rescale so that nothing of the image is left at T, for schedules made of betas "
             "(arXiv:2305.08891)",
     .get = get<&ScheduleSpec::zero_terminal_snr>,
     .set = set<&ScheduleSpec::zero_terminal_snr>,
     .betas = with_zero_terminal_snr,
     .in_float32 = true,
     .always_told = true},
    {.name = "least-alpha-bar",
     .kind = Kind::number,
     .scope = Scope::betas,
     .help = "with `zero-terminal-snr`: but for this alpha_bar (Euler of diffusers: 2^-24)",
     .goes_with = "zero-terminal-snr",
     .get = get<&ScheduleSpec::least_alpha_bar>,
     .set = set<&ScheduleSpec::least_alpha_bar>,
     .check = check_least_alpha_bar,
     .betas = with_least_alpha_bar,
     .in_float32 = true},
    {.name = "form",
     .kind = Kind::choice,
     .words = kForms,
     .help = "vp: alpha x_0 + sigma eps (default); ve: unscaled, x_0 + (sigma / alpha) eps",
     .get = get<&ScheduleSpec::unscaled>,
     .set = set<&ScheduleSpec::unscaled>,
     .always_told = true},
    {.name = "precision",
     .kind = Kind::choice,
     .scope = Scope::betas,
     .words = kPrecisions,
     .help = "float32: coefficients as diffusers rounds them, for schedules made of betas; "
             "float32-sigmas: as its DPM-Solver schedulers do, which take them from sigma / alpha; "
             "float32-alphas: as those of CogVideoX, whose alpha_bar is float64 at first (a "
             "scheduler_config.json says itself which)",
     .get = get<&ScheduleSpec::precision>,
     .set = set<&ScheduleSpec::precision>},
    {.name = "torch",
     .kind = Kind::choice,
     .scope = Scope::betas,
     .words = kTorchVersions,
     .help = "with `precision`: by the linspace of this PyTorch (default: 1.13), the same in those "
             "near it",
     .goes_with = "precision",
     .get = get<&ScheduleSpec::torch>,
     .set = set<&ScheduleSpec::torch>},
    {.name = "inference-steps",
     .kind = Kind::number,
     .scope = Scope::config,
     .help = "with a scheduler_config.json: the steps of its set_timesteps(X), in the spacing that "
             "it says; t counts them from the least noise on, and 'schedule' prints what the class "
             "calls each",
     .get = get<&ScheduleSpec::inference_steps>,
     .set = set<&ScheduleSpec::inference_steps>,
     .check = check_inference_steps},
    {.name = "as-constructed",
     .kind = Kind::flag,
     .scope = Scope::config,
     .help = "with a scheduler_config.json: what the class does of itself where that is not what "
             "its users mean, such as no dynamic shift before set_timesteps; a warning tells where",
     .get = get<&ScheduleSpec::as_constructed>,
     .set = set<&ScheduleSpec::as_constructed>},
    {.name = "image-tokens",
     .kind = Kind::number,
     .scope = Scope::config,
     .help = "with a scheduler_config.json: the image's length for a dynamic shift, in tokens "
             "(Flux: one for each 16 x 16 pixels)",
     .get = get<&ScheduleSpec::image_tokens>,
     .set = set<&ScheduleSpec::image_tokens>,
     .check = check_image_tokens},
    {.name = "pipeline-sigmas",
     .kind = Kind::choice,
     .scope = Scope::config,
     .words = kPipelines,
     .help =
         "with `inference-steps` of a flow: the sigmas that a model's pipeline gives "
         "set_timesteps. flux: evenly down to 1/n (also Qwen-Image, LTX-Video, Lumina 2); "
         "cogview4: whole timesteps; mochi: linear, then quadratic; flux2: those of flux, and its "
         "own dynamic shift",
     .goes_with = "inference-steps",
     .get = get<&ScheduleSpec::pipeline_sigmas>,
     .set = set<&ScheduleSpec::pipeline_sigmas>},
};

}  // namespace

std::span<const ScheduleModifier> schedule_modifiers() { return kModifiers; }

std::string_view ScheduleModifier::word(const ScheduleSpec& spec) const {
  return words[static_cast<std::size_t>(get(spec))];
}

std::string_view precision_name(Precision precision) {
  return kPrecisions[static_cast<std::size_t>(precision)];
}

}  // namespace qsample
