// The table of named schedules: one row each.

#include <algorithm>
#include <array>
#include <iterator>

#include "base/fail.h"
#include "base/nearest_name.h"
#include "core/schedules/schedule_formulas.h"
#include "qsample/schedule.h"

namespace qsample {
namespace {

using namespace formulas;

constexpr std::array kLinear = {Parameter{"beta-start", 1e-4}, Parameter{"beta-end", 0.02}};
constexpr std::array kQuad = {Parameter{"beta-start", 0.00085}, Parameter{"beta-end", 0.012}};
constexpr std::array kConst = {Parameter{"beta-end", 0.02}};
constexpr std::array kCapped = {Parameter{"max-beta", 0.999}};
constexpr std::array kCosine = {Parameter{"cosine-s", 0.008}, Parameter{"max-beta", 0.999}};
constexpr std::array kJabri = {Parameter{"start", -3}, Parameter{"end", 3}, Parameter{"tau", 1},
                               Parameter{"max-beta", 0.999}};
constexpr std::array kSde = {Parameter{"beta-d", 19.9}, Parameter{"beta-min", 0.1}};
constexpr std::array kCosineLogSnr = {Parameter{"cosine-s", 0.008}};
constexpr std::array kWuerstchen = {Parameter{"cosine-s", 0.008}, Parameter{"scaler", 1}};
constexpr std::array kShiftedCosine = {Parameter{"image-size", 64}, Parameter{"noise-size", 64}};
constexpr std::array kInterpolatedCosine = {Parameter{"image-size", 512},
                                            Parameter{"noise-size-low", 32},
                                            Parameter{"noise-size-high", 256}};
constexpr std::array kKarrasVe = {Parameter{"sigma-min", 0.02}, Parameter{"sigma-max", 100}};
// The sigmas of Stable Diffusion.
constexpr std::array kBetaSigmas = {Parameter{"sigma-min", 0.0292}, Parameter{"sigma-max", 14.6146},
                                    Parameter{"beta-a", 0.6}, Parameter{"beta-b", 0.6}};
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

constexpr std::array kVdm = {Parameter{"gamma-min", -13.3}, Parameter{"gamma-max", 5}};

constexpr std::string_view kQuadAliases[] = {"scaled-linear", "scaled_linear"};
constexpr std::string_view kCosineAliases[] = {"squaredcos_cap_v2"};

// `source` says whose numbers a row has: of the paper, or of code that differs from it.
constexpr ScheduleFamily kFamilies[] = {
    {"linear", {}, "DDPM, arXiv:2006.11239, section 4", kLinear, linear_betas, nullptr},
    {"linear-scaled",
     {},
     "betas times 1000/T; guided-diffusion, arXiv:2105.05233",
     kLinear,
     scaled_betas,
     nullptr},
    {"quad", kQuadAliases,
     "linear in sqrt(beta); code of DDPM and of latent diffusion, arXiv:2112.10752, with the range "
     "of Stable Diffusion",
     kQuad, quad_betas, nullptr},
    {"const", {}, "every beta the same; code of DDPM", kConst, const_betas, nullptr},
    {"jsd", {}, "beta_t = 1/(T - t + 1); code of DDPM", {}, jsd_betas, nullptr},
    {"warmup10",
     {},
     "linear over the first tenth, then const; code of DDPM",
     kLinear,
     warmup10_betas,
     nullptr},
    {"warmup50",
     {},
     "linear over the first half, then const; code of DDPM",
     kLinear,
     warmup50_betas,
     nullptr},
    {"cosine", kCosineAliases, "Improved DDPM, arXiv:2102.09672, eq. 17", kCosine, cosine_betas,
     nullptr},
    {"exp", {}, "alpha_bar = e^(-12 u); diffusers", kCapped, exp_betas, nullptr},
    {"laplace",
     {},
     "diffusers, whose alpha_bar is the square root of that of Hang et al., arXiv:2407.03297",
     kCapped,
     laplace_betas,
     nullptr},
    {"sigmoid", {}, "GeoDiff, arXiv:2203.02923, as in diffusers", kLinear, sigmoid_betas, nullptr},
    {"sigmoid-jabri",
     {},
     "Jabri et al., arXiv:2212.11972, as in denoising-diffusion-pytorch",
     kJabri,
     sigmoid_jabri_betas,
     nullptr},
    {"vp-sde", {}, "Song et al., arXiv:2011.13456, eq. 29", kSde, nullptr, vp_sde},
    {"linear-log-snr",
     {},
     "DDPM's linear in continuous time, as in denoising-diffusion-pytorch and v-diffusion",
     {},
     nullptr,
     linear_log_snr},
    {"vdm",
     {},
     "-log SNR linear in t; VDM, arXiv:2107.00630, with the range of its code",
     kVdm,
     nullptr,
     vdm},
    {"cosine-log-snr",
     {},
     "Improved DDPM's curve, continuous and uncapped",
     kCosineLogSnr,
     nullptr,
     cosine_log_snr},
    {"wuerstchen",
     {},
     "Wuerstchen, arXiv:2306.00637, as in diffusers: the cosine within 1e-4 .. 1 - 1e-4, whose "
     "first step is its start",
     kWuerstchen,
     nullptr,
     wuerstchen},
    {"shifted-cosine",
     {},
     "simple diffusion, arXiv:2301.11093, as in denoising-diffusion-pytorch: log SNR from 15 to "
     "-15, then shifted",
     kShiftedCosine,
     nullptr,
     shifted_cosine},
    {"interpolated-cosine",
     {},
     "simple diffusion, arXiv:2301.11093, section 2.1, as in denoising-diffusion-pytorch: between "
     "the shifts of two sizes",
     kInterpolatedCosine,
     nullptr,
     interpolated_cosine},
    {"trigflow",
     {},
     "sCM, arXiv:2410.11081, eq. 4, for data of unit variance: cos(u pi/2) x_0 + sin(u pi/2) eps",
     {},
     nullptr,
     trigflow},
    {"gamma-linear",
     {},
     "Chen, arXiv:2301.10972: gamma = 1 - u",
     kGammaLinear,
     nullptr,
     gamma_linear},
    {"gamma-cosine",
     {},
     "Chen, arXiv:2301.10972, algorithm 1",
     kGammaCosine,
     nullptr,
     gamma_cosine},
    {"gamma-sigmoid",
     {},
     "Chen, arXiv:2301.10972, algorithm 1",
     kGammaSigmoid,
     nullptr,
     gamma_sigmoid},
    {"geometric",
     {},
     "NCSN, arXiv:1907.05600, with the range of score_sde's models of 1024x1024 images",
     kGeometric,
     nullptr,
     exponential},
    {"karras", {}, "EDM, arXiv:2206.00364, eq. 5", kKarras, nullptr, karras},
    {"karras-ve",
     {},
     "the VE of EDM's table 1, arXiv:2206.00364: sigma^2 geometric in t",
     kKarrasVe,
     nullptr,
     exponential},
    {"beta-sigmas",
     {},
     "quantiles of Beta(beta-a, beta-b), Beta Sampling, arXiv:2407.12173, as in diffusers",
     kBetaSigmas,
     nullptr,
     beta_sigmas},
    {"exponential", {}, "k-diffusion", kExponential, nullptr, exponential},
    {"polyexponential", {}, "k-diffusion", kPolyexponential, nullptr, polyexponential},
    {"vp-sigmas", {}, "k-diffusion: the sigmas of the VP SDE", kVpSigmas, nullptr, vp_sigmas},
    {"flow",
     {},
     "rectified flow, arXiv:2209.03003; shift of SD3, arXiv:2403.03206",
     kFlow,
     nullptr,
     flow},
};

bool has_name(const ScheduleFamily& family, std::string_view name) {
  return name == family.name ||
         std::find(family.aliases.begin(), family.aliases.end(), name) != family.aliases.end();
}

// Every name, aliases too.
std::vector<std::string_view> names() {
  std::vector<std::string_view> all;
  for (const ScheduleFamily& family : kFamilies) {
    all.push_back(family.name);
    all.insert(all.end(), family.aliases.begin(), family.aliases.end());
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
