// The named schedules: one function and one row each.

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <numbers>

#include "core/fail.h"
#include "core/nearest_name.h"
#include "qsample/schedule.h"

namespace qsample {
namespace {

double value_of(const ParameterValues& values, std::string_view name) {
  return values.find(name)->second;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// `count` numbers from `first` to `last`, both included; `first` alone where count is 1.
std::vector<double> linspace(double first, double last, int count) {
  std::vector<double> out(static_cast<std::size_t>(count), first);
  const double stride = count > 1 ? (last - first) / (count - 1) : 0;
  for (int i = 0; i < count; ++i) out[static_cast<std::size_t>(i)] = first + i * stride;
  return out;
}

// --- Variance preserving, from betas ---

std::vector<double> linear_betas(int steps, const ParameterValues& values) {
  return linspace(value_of(values, "beta-start"), value_of(values, "beta-end"), steps);
}

std::vector<double> scaled_betas(int steps, const ParameterValues& values) {
  const double scale = 1000.0 / steps;
  const double end = scale * value_of(values, "beta-end");
  if (end > 1) {
    fail("linear-scaled multiplies its betas by 1000/T, so at T = ", steps, " the last would be ",
         end, ", over 1; use more steps (20 or more by default) or a smaller --beta-end");
  }
  return linspace(scale * value_of(values, "beta-start"), end, steps);
}

std::vector<double> quad_betas(int steps, const ParameterValues& values) {
  auto betas = linspace(std::sqrt(value_of(values, "beta-start")),
                        std::sqrt(value_of(values, "beta-end")), steps);
  for (double& beta : betas) beta *= beta;
  return betas;
}

std::vector<double> const_betas(int steps, const ParameterValues& values) {
  return linspace(value_of(values, "beta-end"), value_of(values, "beta-end"), steps);
}

std::vector<double> jsd_betas(int steps, const ParameterValues& /*values*/) {
  std::vector<double> betas;
  for (int left = steps; left > 0; --left) betas.push_back(1.0 / left);
  return betas;
}

std::vector<double> warmup_betas(int steps, const ParameterValues& values, double fraction) {
  auto betas = const_betas(steps, values);
  const auto rising = linspace(value_of(values, "beta-start"), value_of(values, "beta-end"),
                               static_cast<int>(steps * fraction));
  std::copy(rising.begin(), rising.end(), betas.begin());
  return betas;
}

std::vector<double> warmup10_betas(int steps, const ParameterValues& values) {
  return warmup_betas(steps, values, 0.1);
}

std::vector<double> warmup50_betas(int steps, const ParameterValues& values) {
  return warmup_betas(steps, values, 0.5);
}

std::vector<double> sigmoid_betas(int steps, const ParameterValues& values) {
  const double start = value_of(values, "beta-start");
  const double end = value_of(values, "beta-end");
  auto betas = linspace(-6, 6, steps);
  for (double& beta : betas) beta = logistic(beta) * (end - start) + start;
  return betas;
}

// Betas of a curve alpha_bar(u), u in [0, 1], each capped.
std::vector<double> betas_of_curve(int steps, const ParameterValues& values,
                                   const std::function<double(double)>& alpha_bar) {
  const double max_beta = value_of(values, "max-beta");
  std::vector<double> betas(static_cast<std::size_t>(steps));
  for (int i = 0; i < steps; ++i) {
    const double ratio =
        alpha_bar((i + 1) / static_cast<double>(steps)) / alpha_bar(i / static_cast<double>(steps));
    betas[static_cast<std::size_t>(i)] = std::min(1 - ratio, max_beta);
  }
  return betas;
}

std::vector<double> cosine_betas(int steps, const ParameterValues& values) {
  const double s = value_of(values, "cosine-s");
  return betas_of_curve(steps, values, [s](double u) {
    const double root = std::cos((u + s) / (1 + s) * std::numbers::pi / 2);
    return root * root;
  });
}

std::vector<double> exp_betas(int steps, const ParameterValues& values) {
  return betas_of_curve(steps, values, [](double u) { return std::exp(-12 * u); });
}

// diffusers takes the square root of snr / (1 + snr) for alpha_bar, and so do we.
std::vector<double> laplace_betas(int steps, const ParameterValues& values) {
  return betas_of_curve(steps, values, [](double u) {
    const double side = u <= 0.5 ? 1 : -1;
    const double log_snr = -0.5 * side * std::log(1 - 2 * std::abs(0.5 - u) + 1e-6);
    const double snr = std::exp(log_snr);
    return std::sqrt(snr / (1 + snr));
  });
}

// Chen's sigmoid: what is left of it after u of the way from start to end.
std::function<double(double)> sigmoid_curve(const ParameterValues& values) {
  const double start = value_of(values, "start");
  const double end = value_of(values, "end");
  const double tau = value_of(values, "tau");
  const double first = logistic(start / tau);
  const double last = logistic(end / tau);
  if (!(tau > 0 && last > first)) fail("a sigmoid needs tau > 0 and start < end");
  return [=](double u) {
    return (last - logistic((u * (end - start) + start) / tau)) / (last - first);
  };
}

std::vector<double> sigmoid_jabri_betas(int steps, const ParameterValues& values) {
  return betas_of_curve(steps, values, sigmoid_curve(values));
}

// --- Continuous in u = t / T ---

std::vector<Powers> powers_of_curve(int steps, const std::function<Powers(double)>& powers) {
  std::vector<Powers> out;
  for (int t = 1; t <= steps; ++t) out.push_back(powers(t / static_cast<double>(steps)));
  return out;
}

// alpha_bar = e^-x: 1 - alpha_bar without cancellation.
Powers decayed(double x) { return {std::exp(-x), -std::expm1(-x)}; }

std::vector<Powers> vp_sde(int steps, const ParameterValues& values) {
  const double d = value_of(values, "beta-d");
  const double min = value_of(values, "beta-min");
  return powers_of_curve(steps, [=](double u) { return decayed(d * u * u / 2 + min * u); });
}

std::vector<Powers> linear_log_snr(int steps, const ParameterValues& /*values*/) {
  return powers_of_curve(steps, [](double u) { return decayed(1e-4 + 10 * u * u); });
}

Powers turned(double angle) {
  return {std::cos(angle) * std::cos(angle), std::sin(angle) * std::sin(angle)};
}

std::vector<Powers> cosine_log_snr(int steps, const ParameterValues& values) {
  const double s = value_of(values, "cosine-s");
  return powers_of_curve(
      steps, [=](double u) { return turned((u + s) / (1 + s) * std::numbers::pi / 2); });
}

std::vector<Powers> shifted_cosine(int steps, const ParameterValues& values) {
  constexpr double kMaxLogSnr = 15;
  const double first = std::atan(std::exp(-kMaxLogSnr / 2));
  const double last = std::atan(std::exp(kMaxLogSnr / 2));
  const double shift = value_of(values, "noise-size") / value_of(values, "image-size");
  if (!(shift > 0)) fail("--noise-size and --image-size must be positive");
  // log snr = -2 ln tan(angle) + 2 ln shift.
  return powers_of_curve(steps, [=](double u) {
    return turned(std::atan(std::tan(first + u * (last - first)) / shift));
  });
}

constexpr double kLeastGamma = 1e-9;

// x_t = sqrt(gamma) b x_0 + sqrt(1 - gamma) eps, b the input scale.
std::vector<Powers> scaled_gamma(int steps, const ParameterValues& values,
                                 const std::function<double(double)>& gamma) {
  const double b = value_of(values, "input-scale");
  if (!(b > 0)) fail("--input-scale must be positive");
  return powers_of_curve(steps, [&](double u) {
    const double g = std::clamp(gamma(u), kLeastGamma, 1.0);
    return Powers{g * b * b, 1 - g};
  });
}

std::vector<Powers> gamma_linear(int steps, const ParameterValues& values) {
  return scaled_gamma(steps, values, [](double u) { return 1 - u; });
}

std::vector<Powers> gamma_cosine(int steps, const ParameterValues& values) {
  const double start = value_of(values, "start");
  const double end = value_of(values, "end");
  const double tau = value_of(values, "tau");
  const auto curve = [=](double at) {
    return std::pow(std::cos(at * std::numbers::pi / 2), 2 * tau);
  };
  if (!(tau > 0 && 0 <= start && start < end && end <= 1)) {
    fail("gamma-cosine needs tau > 0 and 0 <= start < end <= 1");
  }
  const double first = curve(start);
  const double last = curve(end);
  return scaled_gamma(steps, values, [=](double u) {
    return (last - curve(u * (end - start) + start)) / (last - first);
  });
}

std::vector<Powers> gamma_sigmoid(int steps, const ParameterValues& values) {
  return scaled_gamma(steps, values, sigmoid_curve(values));
}

// --- Variance exploding: alpha = 1 ---

struct SigmaRange {
  double min, max;
};

SigmaRange sigma_range(const ParameterValues& values) {
  const SigmaRange range{value_of(values, "sigma-min"), value_of(values, "sigma-max")};
  if (!(range.min > 0 && range.min <= range.max)) {
    fail("--sigma-min ", range.min, " and --sigma-max ", range.max,
         " are no range: 0 < sigma-min <= sigma-max");
  }
  return range;
}

// sigma_t of a curve of r, which goes from 0 at t = 1 to 1 at t = T; a single step is at the end.
std::vector<Powers> exploding(int steps, const std::function<double(double)>& sigma) {
  std::vector<Powers> powers;
  for (int t = 1; t <= steps; ++t) {
    const double s = sigma(steps == 1 ? 1 : (t - 1) / static_cast<double>(steps - 1));
    powers.push_back({1, s * s});
  }
  return powers;
}

std::vector<Powers> exponential(int steps, const ParameterValues& values) {
  const auto [min, max] = sigma_range(values);
  const double low = std::log(min);
  const double high = std::log(max);
  return exploding(steps, [=](double r) { return std::exp(low + r * (high - low)); });
}

std::vector<Powers> polyexponential(int steps, const ParameterValues& values) {
  const auto [min, max] = sigma_range(values);
  const double low = std::log(min);
  const double high = std::log(max);
  const double rho = value_of(values, "rho");
  if (!(rho > 0)) fail("--rho must be positive");
  return exploding(steps,
                   [=](double r) { return std::exp(std::pow(r, rho) * (high - low) + low); });
}

std::vector<Powers> karras(int steps, const ParameterValues& values) {
  const auto [min, max] = sigma_range(values);
  const double rho = value_of(values, "rho");
  if (!(rho > 0)) fail("--rho must be positive");
  const double low = std::pow(min, 1 / rho);
  const double high = std::pow(max, 1 / rho);
  return exploding(steps, [=](double r) { return std::pow(high + (1 - r) * (low - high), rho); });
}

std::vector<Powers> vp_sigmas(int steps, const ParameterValues& values) {
  const double d = value_of(values, "beta-d");
  const double min = value_of(values, "beta-min");
  const double eps = value_of(values, "eps-s");
  if (!(eps > 0 && eps <= 1)) fail("--eps-s is outside (0, 1]");
  return exploding(steps, [=](double r) {
    const double u = eps + r * (1 - eps);
    return std::sqrt(std::expm1(d * u * u / 2 + min * u));
  });
}

// --- Rectified flow: x_t = (1 - u) x_0 + u eps ---

std::vector<Powers> flow(int steps, const ParameterValues& values) {
  // Larger images need more noise: SD3 (arXiv:2403.03206, eq. 23) shifts by the ratio of sides.
  const double shift =
      value_of(values, "shift") * value_of(values, "image-size") / value_of(values, "noise-size");
  if (!(shift > 0 && std::isfinite(shift))) {
    fail("--shift, --image-size and --noise-size must be positive");
  }
  return powers_of_curve(steps, [=](double s) {
    const double whole = 1 + (shift - 1) * s;
    const double signal = (1 - s) / whole;  // 1 - u without cancellation
    const double u = shift * s / whole;
    return Powers{signal * signal, u * u};
  });
}

constexpr std::array kLinear = {Parameter{"beta-start", 1e-4}, Parameter{"beta-end", 0.02}};
constexpr std::array kQuad = {Parameter{"beta-start", 0.00085}, Parameter{"beta-end", 0.012}};
constexpr std::array kConst = {Parameter{"beta-end", 0.02}};
constexpr std::array kCapped = {Parameter{"max-beta", 0.999}};
constexpr std::array kCosine = {Parameter{"cosine-s", 0.008}, Parameter{"max-beta", 0.999}};
constexpr std::array kJabri = {Parameter{"start", -3}, Parameter{"end", 3}, Parameter{"tau", 1},
                               Parameter{"max-beta", 0.999}};
constexpr std::array kSde = {Parameter{"beta-d", 19.9}, Parameter{"beta-min", 0.1}};
constexpr std::array kCosineLogSnr = {Parameter{"cosine-s", 0.008}};
constexpr std::array kShiftedCosine = {Parameter{"image-size", 64}, Parameter{"noise-size", 64}};
constexpr std::array kGammaLinear = {Parameter{"input-scale", 1}};
constexpr std::array kGammaCosine = {Parameter{"start", 0}, Parameter{"end", 1},
                                     Parameter{"tau", 1}, Parameter{"input-scale", 1}};
constexpr std::array kGammaSigmoid = {Parameter{"start", -3}, Parameter{"end", 3},
                                      Parameter{"tau", 1}, Parameter{"input-scale", 1}};
constexpr std::array kGeometric = {Parameter{"sigma-min", 0.01}, Parameter{"sigma-max", 1348}};
constexpr std::array kExponential = {Parameter{"sigma-min", 0.002}, Parameter{"sigma-max", 80}};
constexpr std::array kKarras = {Parameter{"sigma-min", 0.002}, Parameter{"sigma-max", 80},
                                Parameter{"rho", 7}};
constexpr std::array kPolyexponential = {Parameter{"sigma-min", 0.002}, Parameter{"sigma-max", 80},
                                         Parameter{"rho", 1}};
constexpr std::array kVpSigmas = {Parameter{"beta-d", 19.9}, Parameter{"beta-min", 0.1},
                                  Parameter{"eps-s", 1e-3}};
constexpr std::array kFlow = {Parameter{"shift", 1}, Parameter{"image-size", 256},
                              Parameter{"noise-size", 256}};

constexpr ScheduleFamily kFamilies[] = {
    {"linear", "", "DDPM, arXiv:2006.11239, section 4", kLinear, linear_betas, nullptr},
    {"linear-scaled", "", "betas times 1000/T; guided-diffusion, arXiv:2105.05233", kLinear,
     scaled_betas, nullptr},
    {"quad", "scaled-linear", "linear in sqrt(beta); Stable Diffusion, arXiv:2112.10752", kQuad,
     quad_betas, nullptr},
    {"const", "", "every beta the same; code of DDPM", kConst, const_betas, nullptr},
    {"jsd", "", "beta_t = 1/(T - t + 1); code of DDPM", {}, jsd_betas, nullptr},
    {"warmup10", "", "linear over the first tenth, then const; code of DDPM", kLinear,
     warmup10_betas, nullptr},
    {"warmup50", "", "linear over the first half, then const; code of DDPM", kLinear,
     warmup50_betas, nullptr},
    {"cosine", "squaredcos_cap_v2", "Improved DDPM, arXiv:2102.09672, eq. 17", kCosine,
     cosine_betas, nullptr},
    {"exp", "", "alpha_bar = e^(-12 u); diffusers", kCapped, exp_betas, nullptr},
    {"laplace", "", "Hang et al., arXiv:2407.03297, as in diffusers", kCapped, laplace_betas,
     nullptr},
    {"sigmoid", "", "GeoDiff, arXiv:2203.02923, as in diffusers", kLinear, sigmoid_betas, nullptr},
    {"sigmoid-jabri", "", "Jabri et al., arXiv:2212.11972, as in denoising-diffusion-pytorch",
     kJabri, sigmoid_jabri_betas, nullptr},
    {"vp-sde", "", "Song et al., arXiv:2011.13456, eq. 29", kSde, nullptr, vp_sde},
    {"linear-log-snr",
     "",
     "VDM, arXiv:2107.00630, as in denoising-diffusion-pytorch",
     {},
     nullptr,
     linear_log_snr},
    {"cosine-log-snr", "", "Improved DDPM's curve, continuous and uncapped", kCosineLogSnr, nullptr,
     cosine_log_snr},
    {"shifted-cosine", "", "simple diffusion, arXiv:2301.11093, eq. 4", kShiftedCosine, nullptr,
     shifted_cosine},
    {"gamma-linear", "", "Chen, arXiv:2301.10972: gamma = 1 - u", kGammaLinear, nullptr,
     gamma_linear},
    {"gamma-cosine", "", "Chen, arXiv:2301.10972, algorithm 1", kGammaCosine, nullptr,
     gamma_cosine},
    {"gamma-sigmoid", "", "Chen, arXiv:2301.10972, algorithm 1", kGammaSigmoid, nullptr,
     gamma_sigmoid},
    {"geometric", "", "NCSN, arXiv:1907.05600; defaults of score_sde", kGeometric, nullptr,
     exponential},
    {"karras", "", "EDM, arXiv:2206.00364, eq. 5", kKarras, nullptr, karras},
    {"exponential", "", "k-diffusion", kExponential, nullptr, exponential},
    {"polyexponential", "", "k-diffusion", kPolyexponential, nullptr, polyexponential},
    {"vp-sigmas", "", "k-diffusion: the sigmas of the VP SDE", kVpSigmas, nullptr, vp_sigmas},
    {"flow", "", "rectified flow, arXiv:2209.03003; shift of SD3, arXiv:2403.03206", kFlow, nullptr,
     flow},
};

bool has_name(const ScheduleFamily& family, std::string_view name) {
  return name == family.name || (!family.alias.empty() && name == family.alias);
}

// Every name, aliases too.
std::vector<std::string_view> names() {
  std::vector<std::string_view> all;
  for (const ScheduleFamily& family : kFamilies) {
    all.push_back(family.name);
    if (!family.alias.empty()) all.push_back(family.alias);
  }
  return all;
}

}  // namespace

std::span<const ScheduleFamily> schedule_families() { return kFamilies; }

bool is_schedule_family(std::string_view name) {
  return std::any_of(std::begin(kFamilies), std::end(kFamilies),
                     [&](const ScheduleFamily& family) { return has_name(family, name); });
}

const ScheduleFamily& find_schedule_family(std::string_view name) {
  for (const ScheduleFamily& family : kFamilies) {
    if (has_name(family, name)) return family;
  }
  const auto all = names();
  std::string known;
  for (const std::string_view one : all) known += (known.empty() ? "" : ", ") + std::string(one);
  const std::string_view near = nearest_name(name, all);
  fail("unknown schedule '", name, "'", near.empty() ? "" : "; did you mean ", near, "; known are ",
       known);
}

}  // namespace qsample
