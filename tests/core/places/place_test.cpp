#include "qsample/schedules/place.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

using Kind = PathPlace::Kind;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

struct Placed {
  NoiseSchedule schedule;
  int t;

  [[nodiscard]] double time() const { return schedule.time(t); }
  [[nodiscard]] double alpha() const { return schedule.alpha(t); }
  [[nodiscard]] double sigma() const { return schedule.sigma(t); }
};

Placed placed(const ScheduleSpec& spec, Kind kind, double value) {
  Placed made{make_schedule(spec), 0};
  made.t = put_place(made.schedule, spec, {kind, value});
  return made;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// --- Families that are formulas: each again from its paper, at places that are no timesteps ---

struct Formula {
  ScheduleSpec spec;
  std::function<double(double)> alpha_bar;  // over u
};

const std::vector<Formula>& preserving() {
  static const std::vector<Formula> all = {
      {{.name = "vp-sde", .steps = 10},
       [](double u) { return std::exp(-0.1 * u - 19.9 * u * u / 2); }},
      {{.name = "linear-log-snr", .steps = 10},
       [](double u) { return std::exp(-1e-4 - 10 * u * u); }},
      {{.name = "vdm", .steps = 10}, [](double u) { return sigmoid(13.3 - 18.3 * u); }},
      {{.name = "cosine-log-snr", .steps = 10},
       [](double u) { return std::pow(std::cos((u + 0.008) / 1.008 * std::numbers::pi / 2), 2); }},
      {{.name = "shifted-cosine", .steps = 10, .parameters = {{"image-size", 256}}},
       [](double u) {
         const double least = std::atan(std::exp(-7.5));
         const double angle = least + u * (std::numbers::pi / 2 - 2 * least);
         return sigmoid(-2 * std::log(std::tan(angle)) + 2 * std::log(0.25));
       }},
      {{.name = "trigflow", .steps = 10},
       [](double u) { return std::pow(std::cos(u * std::numbers::pi / 2), 2); }},
      {{.name = "gamma-linear", .steps = 10}, [](double u) { return 1 - u; }},
      {{.name = "gamma-cosine", .steps = 10},
       [](double u) { return std::pow(std::cos(u * std::numbers::pi / 2), 2); }},
      {{.name = "gamma-sigmoid", .steps = 10},
       [](double u) { return (sigmoid(3) - sigmoid(6 * u - 3)) / (sigmoid(3) - sigmoid(-3)); }},
  };
  return all;
}

TEST(Place, OfAFormulaThatPreservesTheVarianceIsExact) {
  for (const auto& [spec, alpha_bar] : preserving()) {
    for (const double u : {0.003, 0.0999, 0.37, 0.5431, 0.97}) {
      const Placed by_u = placed(spec, Kind::u, u);
      const double expected = alpha_bar(u);
      EXPECT_NEAR(by_u.alpha(), std::sqrt(expected), 1e-14) << spec.name << ' ' << u;
      EXPECT_NEAR(by_u.sigma() / std::sqrt(1 - expected), 1, 1e-10) << spec.name << ' ' << u;
      EXPECT_DOUBLE_EQ(by_u.time(), 10 * u);
      // By its noise it is the same place.
      const double log_snr = by_u.schedule.log_snr(by_u.t);
      const Placed by_snr = placed(spec, Kind::log_snr, log_snr);
      EXPECT_NEAR(by_snr.alpha(), by_u.alpha(), 1e-14) << spec.name << ' ' << u;
      EXPECT_NEAR(by_snr.time(), 10 * u, 1e-9) << spec.name << ' ' << u;
      const Placed by_sigma = placed(spec, Kind::sigma, std::exp(-log_snr / 2));
      EXPECT_NEAR(by_sigma.sigma() / by_u.sigma(), 1, 1e-13) << spec.name << ' ' << u;
      EXPECT_NEAR(by_sigma.time(), 10 * u, 1e-9) << spec.name << ' ' << u;
      EXPECT_NEAR(std::pow(by_sigma.alpha(), 2) + std::pow(by_sigma.sigma(), 2), 1, 1e-15);
    }
  }
}

TEST(Place, OfSigmasIsTheirFormula) {
  const auto karras = [](double r) {
    return std::pow(
        std::pow(80, 1 / 7.0) + (1 - r) * (std::pow(0.002, 1 / 7.0) - std::pow(80, 1 / 7.0)), 7);
  };
  const auto exponential = [](double r) { return 0.002 * std::pow(80 / 0.002, r); };
  const auto geometric = [](double r) { return 0.01 * std::pow(1348 / 0.01, r); };
  const auto vp = [](double r) {
    const double u = 1e-3 + r * (1 - 1e-3);
    return std::sqrt(std::exp(19.9 * u * u / 2 + 0.1 * u) - 1);
  };
  const std::vector<std::pair<std::string, std::function<double(double)>>> all = {
      {"karras", karras},
      {"exponential", exponential},
      {"polyexponential", exponential},
      {"geometric", geometric},
      {"vp-sigmas", vp}};
  for (const auto& [name, sigma] : all) {
    const ScheduleSpec spec{.name = name, .steps = 50};
    for (const double t : {1.25, 20.7, 49.9}) {
      const double expected = sigma((t - 1) / 49);
      const Placed by_u = placed(spec, Kind::u, t / 50);
      EXPECT_NEAR(by_u.sigma() / expected, 1, 1e-12) << name << ' ' << t;
      EXPECT_EQ(by_u.alpha(), 1);
      const Placed by_sigma = placed(spec, Kind::sigma, expected);
      EXPECT_EQ(by_sigma.sigma(), expected) << name;
      EXPECT_NEAR(by_sigma.time(), t, 1e-9) << name;
      const Placed by_snr = placed(spec, Kind::log_snr, -2 * std::log(expected));
      EXPECT_NEAR(by_snr.sigma() / expected, 1, 1e-13) << name;
      EXPECT_NEAR(by_snr.time(), t, 1e-9) << name;
    }
  }
}

TEST(Place, OfAFlowIsItsSigma) {
  for (const int steps : {1, 7}) {
    for (const double shift : {1.0, 3.0}) {
      const ScheduleSpec spec{.name = "flow", .steps = steps, .parameters = {{"shift", shift}}};
      for (const double u : {0.001, 0.37, 0.93}) {
        const double sigma = shift * u / (1 + (shift - 1) * u);
        const Placed by_u = placed(spec, Kind::u, u);
        EXPECT_NEAR(by_u.sigma(), sigma, 1e-15);
        EXPECT_NEAR(by_u.alpha(), 1 - sigma, 1e-15);
        const Placed by_sigma = placed(spec, Kind::sigma, sigma);
        EXPECT_EQ(by_sigma.sigma(), sigma);
        EXPECT_EQ(by_sigma.alpha(), 1 - sigma);
        EXPECT_NEAR(by_sigma.time(), steps * u, 1e-12);
        const Placed by_snr = placed(spec, Kind::log_snr, 2 * std::log((1 - sigma) / sigma));
        EXPECT_NEAR(by_snr.sigma(), sigma, 1e-14);
        EXPECT_NEAR(by_snr.time(), steps * u, 1e-12);
      }
    }
  }
}

// x_t = sqrt(gamma) b x_0 + sqrt(1 - gamma) eps keeps none of the sums, and its formula says all.
TEST(Place, OfAScaledGammaIsItsFormula) {
  const ScheduleSpec spec{
      .name = "gamma-linear", .steps = 10, .parameters = {{"input-scale", 0.5}}};
  const Placed by_u = placed(spec, Kind::u, 0.37);
  EXPECT_NEAR(by_u.alpha(), 0.5 * std::sqrt(0.63), 1e-15);
  EXPECT_NEAR(by_u.sigma(), std::sqrt(0.37), 1e-15);
  const Placed by_sigma = placed(spec, Kind::sigma, by_u.sigma() / by_u.alpha());
  EXPECT_NEAR(by_sigma.time(), 3.7, 1e-12);
  EXPECT_NEAR(by_sigma.alpha(), by_u.alpha(), 1e-14);
}

TEST(Place, OfTheUnscaledFormHasTheSameNoise) {
  for (const std::string name : {"vdm", "linear", "cosine"}) {
    const ScheduleSpec scaled{.name = name, .steps = 100};
    ScheduleSpec unscaled = scaled;
    unscaled.unscaled = true;
    const Placed one = placed(scaled, Kind::u, 0.373);
    const Placed other = placed(unscaled, Kind::u, 0.373);
    EXPECT_EQ(other.alpha(), 1);
    EXPECT_NEAR(other.sigma() / (one.sigma() / one.alpha()), 1, 1e-12) << name;
    const Placed by_sigma = placed(unscaled, Kind::sigma, 1.234);
    EXPECT_EQ(by_sigma.sigma(), 1.234);
    EXPECT_NEAR(by_sigma.time(), placed(scaled, Kind::sigma, 1.234).time(), 1e-9) << name;
  }
}

// --- Tables: log(sigma / alpha) linear in t ---

// What k-diffusion's DiscreteSchedule has for a real timestep, counted from 0, and back: written
// again from what it does, over the logarithms of all sigmas.
double t_to_sigma(const std::vector<double>& log_sigmas, double t) {
  const auto low = static_cast<std::size_t>(std::floor(t));
  const auto high = static_cast<std::size_t>(std::ceil(t));
  const double w = t - std::floor(t);
  return std::exp((1 - w) * log_sigmas[low] + w * log_sigmas[high]);
}

double sigma_to_t(const std::vector<double>& log_sigmas, double sigma) {
  const double wanted = std::log(sigma);
  std::size_t low = 0;
  while (low + 2 < log_sigmas.size() && log_sigmas[low + 1] <= wanted) ++low;
  const double w = (log_sigmas[low] - wanted) / (log_sigmas[low] - log_sigmas[low + 1]);
  return static_cast<double>(low) + std::clamp(w, 0.0, 1.0);
}

// u is a share of T also where the last timestep, which has nothing of the image, is left out.
TEST(Place, OfTheUnscaledFormCountsAllSteps) {
  const auto made = placed({.name = "flow", .steps = 10, .unscaled = true}, Kind::u, 0.55);
  ASSERT_EQ(made.schedule.steps(), 9);
  EXPECT_NEAR(made.time(), 5.5, 1e-12);
  EXPECT_NEAR(made.sigma(), 0.55 / 0.45, 1e-12);
  EXPECT_EQ(placed({.name = "flow", .steps = 10, .unscaled = true}, Kind::u, 0.9).t, 9);
  EXPECT_THROW((void)placed({.name = "flow", .steps = 10, .unscaled = true}, Kind::u, 0.95),
               InvalidArgument);
}

TEST(Place, OfBetasIsThatOfKDiffusion) {
  for (const std::string name : {"quad", "linear", "cosine"}) {
    const ScheduleSpec spec{.name = name};
    const auto schedule = make_schedule(spec);
    std::vector<double> log_sigmas;
    double alpha_bar = 1;
    for (int t = 1; t <= 1000; ++t) {
      alpha_bar *= 1 - schedule.beta(t);
      log_sigmas.push_back(std::log((1 - alpha_bar) / alpha_bar) / 2);
    }
    for (const double sigma : {0.05, 0.3, 1.0, 1.234, 14.0}) {
      const Placed by_sigma = placed(spec, Kind::sigma, sigma);
      EXPECT_NEAR(by_sigma.time(), sigma_to_t(log_sigmas, sigma) + 1, 1e-7) << name << ' ' << sigma;
      EXPECT_NEAR(by_sigma.alpha(), 1 / std::sqrt(1 + sigma * sigma), 1e-15);
      EXPECT_NEAR(by_sigma.sigma(), sigma / std::sqrt(1 + sigma * sigma), 1e-15);
    }
    for (const double k : {0.5, 249.37, 700.001, 998.5}) {
      const Placed by_u = placed(spec, Kind::u, (k + 1) / 1000);
      EXPECT_NEAR(by_u.sigma() / by_u.alpha() / t_to_sigma(log_sigmas, k), 1, 1e-9) << name << k;
      EXPECT_NEAR(by_u.time(), k + 1, 1e-12);
    }
  }
}

// DiscreteEpsDDPMDenoiser of crowsonkb/k-diffusion at 4601bf0, in float64 from the float32
// alphas_cumprod of Stable Diffusion: sigma_to_t, and t_to_sigma.
TEST(Place, HasTheNumbersOfKDiffusion) {
  const ScheduleSpec spec{.name = "quad", .precision = Precision::float32};
  const std::vector<std::pair<double, double>> timesteps = {
      {0.05000000074505806, 1.933846016329763},
      {0.10000000149011612, 10.382168689068088},
      {0.5, 169.31460235544472},
      {1, 353.89028039525886},
      {2, 562.285869969691},
      {5, 795.1729932578822},
      {10, 933.5067171667084}};
  for (const auto& [sigma, k] : timesteps) {
    EXPECT_NEAR(placed(spec, Kind::sigma, sigma).time() - 1, k, 1e-4) << sigma;
  }
  const std::vector<std::pair<double, double>> sigmas = {{0.5, 0.0347137062709148},
                                                         {10, 0.09829107628938569},
                                                         {123.75, 0.3971861528661136},
                                                         {499.25, 1.6142334291891824},
                                                         {998.7, 14.58808034890755}};
  for (const auto& [k, sigma] : sigmas) {
    const Placed one = placed(spec, Kind::u, (k + 1) / 1000);
    EXPECT_NEAR(one.sigma() / one.alpha() / sigma, 1, 1e-6) << k;
  }
}

TEST(Place, OfAFlowsTableIsLinearInSigma) {
  std::vector<Variances> table;
  for (const double sigma : {0.1, 0.25, 0.7, 1.0}) {
    table.push_back({(1 - sigma) * (1 - sigma), sigma * sigma});
  }
  const ScheduleSpec spec{.table = table};
  const Placed half = placed(spec, Kind::u, 2.5 / 4);
  EXPECT_NEAR(half.sigma(), 0.475, 1e-15);
  EXPECT_NEAR(half.alpha(), 0.525, 1e-15);
  const Placed late = placed(spec, Kind::sigma, 0.85);
  EXPECT_NEAR(late.time(), 3.5, 1e-14);
  EXPECT_EQ(late.alpha(), 1 - 0.85);
}

// --- Rows ---

TEST(Place, OnARowIsThatRow) {
  for (const ScheduleFamily& family : schedule_families()) {
    const ScheduleSpec spec{.name = std::string(family.name), .steps = 40};
    auto schedule = make_schedule(spec);
    const bool flow = schedule.process() == Process::flow;
    for (const int t : {2, 17, 38}) {
      // A plateau has several; the first stands for them.
      if (schedule.log_snr(t) == schedule.log_snr(t - 1)) continue;
      const double sigma = flow ? schedule.sigma(t) : schedule.sigma(t) / schedule.alpha(t);
      for (const double off : {1.0, 1 + 4e-13, 1 - 4e-13}) {
        EXPECT_EQ(put_place(schedule, spec, {Kind::sigma, sigma * off}), t) << family.name;
        EXPECT_EQ(put_place(schedule, spec, {Kind::log_snr, schedule.log_snr(t) * off}), t)
            << family.name;
        EXPECT_EQ(put_place(schedule, spec, {Kind::u, t / 40.0 * off}), t) << family.name;
      }
      EXPECT_EQ(schedule.points(), 0U);
      if (schedule.sigma(t) < schedule.sigma(t + 1)) {
        EXPECT_EQ(schedule.time(put_place(schedule, spec, {Kind::u, t / 40.0 * (1 + 1e-9)})),
                  40 * (t / 40.0 * (1 + 1e-9)));
        schedule = make_schedule(spec);
      }
    }
  }
}

TEST(Place, OnAnEndIsThatEnd) {
  EXPECT_EQ(placed({.zero_terminal_snr = true}, Kind::sigma, kInfinite).t, 1000);
  EXPECT_EQ(placed({.zero_terminal_snr = true}, Kind::log_snr, -kInfinite).t, 1000);
  EXPECT_EQ(placed({}, Kind::u, 1).t, 1000);
  EXPECT_EQ(placed({}, Kind::sigma, 0).t, 0);
  EXPECT_EQ(placed({}, Kind::log_snr, kInfinite).t, 0);
  EXPECT_EQ(placed({.name = "flow"}, Kind::sigma, 1).t, 1000);
}

// VDM's z_0 is not the clean image: it is the place at u = 0, behind t = 0.
TEST(Place, AtTheBeginningOfAFormulaIsBehindTheCleanImage) {
  const Placed begin = placed({.name = "vdm"}, Kind::log_snr, 13.3);
  EXPECT_EQ(begin.time(), 0);
  EXPECT_TRUE(begin.schedule.comes_before(0, begin.t));
  EXPECT_TRUE(begin.schedule.comes_before(begin.t, 1));
  EXPECT_NEAR(begin.sigma(), std::sqrt(sigmoid(-13.3)), 1e-17);
}

std::string refusal(const ScheduleSpec& spec, Kind kind, double value) {
  try {
    (void)placed(spec, kind, value);
  } catch (const InvalidArgument& e) {
    return e.what();
  }
  return "taken";
}

TEST(Place, BeyondTheScheduleIsRefusedWithItsRange) {
  const auto holds = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  holds(refusal({}, Kind::sigma, 500), "`sigma`: 500 is outside 0.0100005");
  holds(refusal({}, Kind::sigma, 500), "from t = 1 to 1000");
  holds(refusal({}, Kind::sigma, 0.001), "is outside");
  holds(refusal({}, Kind::sigma, -1), "is outside");
  holds(refusal({}, Kind::sigma, std::numeric_limits<double>::quiet_NaN()), "nan is outside");
  holds(refusal({}, Kind::log_snr, -20), "`log-snr`: -20 is outside -10.1");
  holds(refusal({}, Kind::u, 0.0005), "`u`: 0.0005 is outside 0.001..1");
  holds(refusal({}, Kind::u, 1.5), "`u`: 1.5 is outside 0.001..1");
  holds(refusal({}, Kind::u, -0.1), "is outside");
  holds(refusal({.name = "vdm"}, Kind::u, 0), "0 is the clean image, which is t = 0");
  holds(refusal({.name = "vdm"}, Kind::log_snr, 14),
        "-5..13.3, which this schedule has from t = 0");
  holds(refusal({.name = "karras"}, Kind::sigma, 0.001), "0.002..80");
  holds(refusal({.name = "flow"}, Kind::sigma, 1.5), "0..1");
  // Nothing of the image at T: no logarithm leads there.
  holds(refusal({.zero_terminal_snr = true}, Kind::sigma, 1e6), "to 999");
  holds(refusal({.zero_terminal_snr = true}, Kind::u, 0.9995), "0.001..0.999");
  EXPECT_EQ(refusal({.name = "flow"}, Kind::u, 0.9995), "taken");
  holds(refusal({.name = "vp-sde"}, Kind::log_snr, 1e300), "than a float64 holds");
  holds(refusal({.name = "flow"}, Kind::u, 1e-320), "than a float64 holds");
}

TEST(Place, OfATableOfNoProcessIsRefused) {
  const std::vector<Variances> table = {{0.9, 0.3}, {0.5, 0.4}};
  EXPECT_NE(refusal({.table = table}, Kind::u, 0.75).find("its timesteps only"), std::string::npos);
}

// --- Points of a schedule ---

TEST(Place, ChangesNoRow) {
  const ScheduleSpec spec{.steps = 20};
  const auto plain = make_schedule(spec);
  auto schedule = plain;
  const int t = put_place(schedule, spec, {Kind::u, 0.77});
  EXPECT_EQ(t, 21);
  EXPECT_EQ(put_place(schedule, spec, {Kind::u, 0.11}), 22);
  EXPECT_EQ(schedule.steps(), 20);
  EXPECT_EQ(schedule.points(), 2U);
  EXPECT_EQ(schedule.process(), plain.process());
  EXPECT_EQ(schedule.prior_bits_per_dim(), plain.prior_bits_per_dim());
  for (int row = 0; row <= 20; ++row) {
    EXPECT_EQ(schedule.alpha(row), plain.alpha(row));
    EXPECT_EQ(schedule.sigma(row), plain.sigma(row));
  }
  EXPECT_TRUE(schedule.comes_before(22, 21));
  EXPECT_TRUE(schedule.comes_before(15, 21));
  EXPECT_TRUE(schedule.comes_before(21, 16));
  EXPECT_THROW((void)schedule.beta(21), InvalidArgument);
  EXPECT_THROW((void)schedule.alpha(23), InvalidArgument);
  EXPECT_THROW((void)schedule.point(20), InvalidArgument);
  EXPECT_THROW((void)schedule.step(21, 15), InvalidArgument);
}

// Two steps over a place are the step between its rows.
TEST(Place, ComposesTheStepAroundIt) {
  for (const ScheduleFamily& family : schedule_families()) {
    const ScheduleSpec spec{.name = std::string(family.name), .steps = 40};
    auto schedule = make_schedule(spec);
    const int m = put_place(schedule, spec, {Kind::u, 20.3 / 40});
    const Mix whole = schedule.step(20, 21);
    const Mix first = schedule.step(20, m);
    const Mix second = schedule.step(m, 21);
    EXPECT_NEAR(first.x0 * second.x0, whole.x0, 1e-13) << family.name;
    EXPECT_NEAR(std::hypot(second.x0 * first.eps, second.eps), whole.eps, 1e-9 * whole.eps)
        << family.name;
    EXPECT_LT(schedule.log_snr(21), schedule.log_snr(m)) << family.name;
    EXPECT_LT(schedule.log_snr(m), schedule.log_snr(20)) << family.name;
  }
}

}  // namespace
}  // namespace qsample
