#include "qsample/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

std::string message_of(const ScheduleSpec& spec) {
  try {
    (void)make_schedule(spec);
  } catch (const InvalidArgument& e) {
    return e.what();
  }
  return "";
}

TEST(Schedule, ClosedFormsOfConstantBetas) {
  const double beta = 0.02;
  const auto schedule =
      make_schedule({.name = "const", .steps = 100, .parameters = {{"beta-end", beta}}});
  for (int t = 1; t <= 100; ++t) {
    const double alpha_bar = std::pow(1 - beta, t);
    EXPECT_NEAR(schedule.alpha_bar(t), alpha_bar, 1e-14);
    EXPECT_NEAR(schedule.alpha(t), std::pow(1 - beta, t / 2.0), 1e-14);
    EXPECT_NEAR(schedule.sigma(t), std::sqrt(1 - alpha_bar), 1e-14);
    EXPECT_NEAR(schedule.snr(t), alpha_bar / (1 - alpha_bar), 1e-12 * schedule.snr(t));
    EXPECT_NEAR(schedule.log_snr(t), std::log(alpha_bar / (1 - alpha_bar)), 1e-12);
    EXPECT_DOUBLE_EQ(schedule.beta(t), beta);
  }
}

TEST(Schedule, CleanImageAtZero) {
  const auto schedule = make_schedule({});
  EXPECT_EQ(schedule.alpha(0), 1);
  EXPECT_EQ(schedule.sigma(0), 0);
  EXPECT_EQ(schedule.snr(0), std::numeric_limits<double>::infinity());
  EXPECT_EQ(schedule.log_snr(0), std::numeric_limits<double>::infinity());
  EXPECT_THROW((void)schedule.beta(0), InvalidArgument);
  EXPECT_THROW((void)schedule.alpha(1001), InvalidArgument);
  EXPECT_THROW((void)schedule.sigma(-1), InvalidArgument);
}

// For tiny betas 1 - alpha_bar_t is their sum to first order, and plain subtraction has no digits.
TEST(Schedule, SigmaOfTinyBetasHasAllItsDigits) {
  const std::vector<double> betas(10, 1e-15);
  const auto schedule = NoiseSchedule::from_betas(betas);
  EXPECT_NEAR(schedule.sigma(10) / std::sqrt(1e-14), 1, 1e-14);
}

// Values of the published DDPM schedule, from the closed product in 50 digits.
TEST(Schedule, LinearEndsWhereThePaperSays) {
  const auto schedule = make_schedule({});
  EXPECT_NEAR(schedule.alpha_bar(1000), 4.0358292e-5, 1e-11);
  EXPECT_NEAR(schedule.alpha_bar(500), 0.0785872, 1e-7);
  // DDPM section 4: L_T is about 1e-5 bits per dimension.
  EXPECT_NEAR(schedule.prior_bits_per_dim(), 1e-5, 1e-6);
}

TEST(Schedule, ScaledLinearIsStableDiffusions) {
  const auto schedule = make_schedule({.name = "scaled-linear"});
  EXPECT_NEAR(schedule.alpha_bar(501), 0.2763326838, 1e-9);
  EXPECT_NEAR(schedule.sigma(1000) / schedule.alpha(1000), 14.6146412293, 1e-9);
}

// Composing two steps is one step: alpha_{t|s} = alpha_{t|m} alpha_{m|s}, variances likewise.
TEST(Schedule, StepsCompose) {
  for (const char* name : {"linear", "quad", "cosine", "sigmoid", "const"}) {
    const auto schedule = make_schedule({.name = name, .steps = 200});
    for (const auto& [s, m, t] :
         {std::tuple{0, 1, 2}, {0, 100, 200}, {37, 38, 150}, {198, 199, 200}}) {
      const Mix first = schedule.step(s, m);
      const Mix second = schedule.step(m, t);
      const Mix both = schedule.step(s, t);
      EXPECT_NEAR(both.x0, first.x0 * second.x0, 1e-13) << name;
      EXPECT_NEAR(both.eps, std::hypot(second.x0 * first.eps, second.eps), 1e-12) << name;
    }
    const Mix from_start = schedule.step(0, 150);
    EXPECT_NEAR(from_start.x0, schedule.alpha(150), 1e-14) << name;
    EXPECT_NEAR(from_start.eps, schedule.sigma(150), 1e-14) << name;
  }
}

TEST(Schedule, ZeroTerminalSnrEndsInPureNoiseAndKeepsTheStart) {
  for (const auto& family : schedule_families()) {
    if (family.betas == nullptr) continue;
    SCOPED_TRACE(family.name);
    const ScheduleSpec spec{.name = std::string(family.name), .zero_terminal_snr = true};
    const auto schedule = make_schedule(spec);
    const auto plain = make_schedule({.name = spec.name});
    EXPECT_EQ(schedule.alpha(1000), 0);
    EXPECT_EQ(schedule.sigma(1000), 1);
    EXPECT_EQ(schedule.log_snr(1000), -std::numeric_limits<double>::infinity());
    EXPECT_NEAR(schedule.alpha_bar(1), plain.alpha_bar(1), 1e-15);
    EXPECT_GT(schedule.alpha_bar(999), 0);
  }
}

TEST(Schedule, AMillionStepsUnderflowNothingThatMatters) {
  const auto schedule = make_schedule({.steps = 1'000'000});
  EXPECT_EQ(schedule.alpha_bar(1'000'000), 0);  // e^-10000
  EXPECT_TRUE(std::isfinite(schedule.log_snr(1'000'000)));
  const Mix step = schedule.step(999'998, 1'000'000);
  EXPECT_NEAR(step.x0, 0.98, 1e-6);
  EXPECT_NEAR(std::hypot(step.x0, step.eps), 1, 1e-12);
}

TEST(Schedule, StartsAnewAfterABetaOfOne) {
  const std::vector<double> betas = {0.1, 1, 0.2, 0.3};
  const auto schedule = NoiseSchedule::from_betas(betas);
  EXPECT_EQ(schedule.alpha(2), 0);
  EXPECT_EQ(schedule.alpha(4), 0);
  EXPECT_EQ(schedule.step(1, 3).x0, 0);
  EXPECT_NEAR(schedule.step(2, 4).x0, std::sqrt(0.8 * 0.7), 1e-15);
  EXPECT_EQ(schedule.log_snr(4), -std::numeric_limits<double>::infinity());
}

TEST(Schedule, RefusesWhatCannotBe) {
  EXPECT_NE(message_of({.name = "linaer"}).find("did you mean linear; known are linear"),
            std::string::npos);
  EXPECT_NE(message_of({.steps = 0}), "");
  EXPECT_NE(message_of({.steps = 1'000'001}), "");
  EXPECT_EQ(message_of({.steps = 1}), "");
  EXPECT_NE(message_of({.parameters = {{"beta-end", 1.5}}}).find("outside (0, 1]"),
            std::string::npos);
  EXPECT_NE(message_of({.parameters = {{"beta-start", 0}}}), "");
  EXPECT_NE(message_of({.parameters = {{"beta-start", std::nan("")}}}), "");
  EXPECT_NE(message_of({.name = "cosine", .parameters = {{"beta-end", 0.1}}}).find("does not use"),
            std::string::npos);
  EXPECT_NE(message_of({.betas = {0.1, 2}}).find("beta_2 = 2"), std::string::npos);
  EXPECT_NE(message_of({.parameters = {{"beta-end", 0.1}}, .betas = {0.1}}), "");
  EXPECT_EQ(
      make_schedule({.zero_terminal_snr = true, .precision = Precision::float32, .unscaled = true})
          .steps(),
      999);
  EXPECT_NE(message_of({.unscaled = true, .table = {{0, 1}}}).find("does not exist"),
            std::string::npos);
  const auto long_one = make_schedule({.steps = 100'000, .zero_terminal_snr = true});
  EXPECT_EQ(long_one.alpha(100'000), 0);
  EXPECT_GT(long_one.beta(99'999), 0);
  const auto floored = make_schedule(
      {.name = "quad", .zero_terminal_snr = true, .least_alpha_bar = 0x1p-24, .unscaled = true});
  EXPECT_NEAR(floored.sigma(1000), 4096, 0.001);
}

TEST(Schedule, FamiliesSayWhyTheyRefuse) {
  EXPECT_NE(message_of({.name = "linear-scaled", .steps = 10}).find("use more steps"),
            std::string::npos);
  EXPECT_EQ(message_of({.name = "linear-scaled", .steps = 20}), "");
  EXPECT_NE(message_of({.name = "karras", .parameters = {{"sigma-min", 90}}})
                .find("sigma-min <= sigma-max"),
            std::string::npos);
  EXPECT_NE(message_of({.name = "karras", .zero_terminal_snr = true}).find("not made of betas"),
            std::string::npos);
  EXPECT_NE(
      message_of({.name = "karras", .precision = Precision::float32}).find("not made of betas"),
      std::string::npos);
  EXPECT_NE(message_of({.name = "gamma-cosine", .parameters = {{"end", 2}}}), "");
  EXPECT_NE(message_of({.name = "flow", .parameters = {{"shift", -1}}}), "");
  const std::vector<Variances> rising = {{0.5, 0.5}, {0.6, 0.4}};
  EXPECT_THROW((void)NoiseSchedule::from_variances(rising), InvalidArgument);
}

// Forward and back: x_s from q(x_s | x_t, x_0) has the law of q(x_s | x_0), and goes with x_t as
// the chain does.
TEST(Posterior, UndoesTheStep) {
  for (const char* name : {"linear", "cosine", "flow", "karras"}) {
    SCOPED_TRACE(name);
    const auto schedule = make_schedule({.name = name, .steps = 50});
    for (const auto& [s, t] : {std::pair{0, 1}, {1, 2}, {20, 30}, {49, 50}, {0, 50}}) {
      const Posterior back = schedule.posterior(s, t);
      // E[x_s | x_0] = alpha_s x_0, through E[x_t | x_0] = alpha_t x_0.
      EXPECT_NEAR(back.x0 + back.xt * schedule.alpha(t), schedule.alpha(s), 1e-12);
      EXPECT_NEAR(back.xt * back.xt * std::pow(schedule.sigma(t), 2) + back.variance,
                  std::pow(schedule.sigma(s), 2),
                  1e-12 * std::max(1.0, std::pow(schedule.sigma(s), 2)));
      EXPECT_NEAR(back.xt * std::pow(schedule.sigma(t), 2),
                  schedule.step(s, t).x0 * std::pow(schedule.sigma(s), 2), 1e-10);
    }
  }
  // DDPM, eq. 7.
  const auto schedule = make_schedule({});
  const Posterior back = schedule.posterior(499, 500);
  const double beta = schedule.beta(500);
  const double before = schedule.alpha_bar(499);
  const double now = schedule.alpha_bar(500);
  EXPECT_NEAR(back.x0, std::sqrt(before) * beta / (1 - now), 1e-12);
  EXPECT_NEAR(back.xt, std::sqrt(1 - beta) * (1 - before) / (1 - now), 1e-12);
  EXPECT_NEAR(back.variance, (1 - before) / (1 - now) * beta, 1e-12);
}

// A number of steps that is not a multiple of sixteen. From PyTorch 1.13 with AVX2:
// b = torch.linspace(0.0001**0.5, 0.02**0.5, 24)**2, torch.cumprod(1 - b, 0)
TEST(Schedule, SinglePrecisionRoundsAsTorchDoesAtAnySize) {
  const auto schedule = make_schedule({.name = "quad",
                                       .steps = 24,
                                       .parameters = {{"beta-start", 1e-4}, {"beta-end", 0.02}},
                                       .precision = Precision::float32});
  constexpr float kBetas[] = {9.99999975e-05F, 0.000246928888F, 0.000459156785F, 0.000736683607F,
                              0.0010795095F,   0.00148763414F,  0.00196105754F,  0.00249978062F,
                              0.00310380198F,  0.00377312256F,  0.00450774236F,  0.00530766044F,
                              0.00617287867F,  0.00710339472F,  0.00809920952F,  0.00916032307F,
                              0.0102867372F,   0.0114784501F,   0.0127354609F,   0.0140577704F,
                              0.0154453805F,   0.0168982893F,   0.018416496F,    0.0200000014F};
  constexpr float kAlphaBars[] = {
      0.999899983F, 0.999653041F, 0.999194086F, 0.998457968F, 0.997380137F, 0.995896399F,
      0.993943393F, 0.991458774F, 0.988381505F, 0.984652281F, 0.980213702F, 0.975011051F,
      0.968992412F, 0.962109327F, 0.954316974F, 0.945575118F, 0.935848236F, 0.925106168F,
      0.913324475F, 0.900485218F, 0.886576891F, 0.871595263F, 0.855543494F, 0.83843267F};
  for (int t = 1; t <= 24; ++t) {
    EXPECT_EQ(static_cast<float>(schedule.beta(t)), kBetas[t - 1]) << t;
    EXPECT_EQ(static_cast<float>(schedule.alpha_bar(t)), kAlphaBars[t - 1]) << t;
  }
}

// gamma = -13.3 + 18.3 u, alpha^2 = sigmoid(-gamma), sigma^2 = sigmoid(gamma): evaluated by Python.
TEST(Schedule, VdmIsLinearInLogSnr) {
  const auto schedule = make_schedule({.name = "vdm"});
  struct {
    int t;
    double alpha, sigma, log_snr;
  } constexpr kRows[] = {{1, 0.9999991472918213, 0.001305915629143079, 13.2817},
                         {250, 0.9999187735013584, 0.012745446227548345, 8.725},
                         {500, 0.9922097779308523, 0.12457831504081633, 4.15},
                         {727, 0.7063816259189164, 0.7078311935512224, -0.0041},
                         {1000, 0.08180984613287606, 0.996647956439843, -5}};
  for (const auto& row : kRows) {
    EXPECT_NEAR(schedule.alpha(row.t), row.alpha, 1e-14);
    EXPECT_NEAR(schedule.sigma(row.t), row.sigma, 1e-14);
    EXPECT_NEAR(schedule.log_snr(row.t), row.log_snr, 1e-12);
  }
  // The curve of denoising-diffusion-pytorch is another one.
  EXPECT_NEAR(make_schedule({.name = "linear-log-snr"}).log_snr(500),
              -std::log(std::expm1(1e-4 + 2.5)), 1e-12);
  EXPECT_NE(message_of({.name = "vdm", .parameters = {{"gamma-min", 5}}}).find("is not below"),
            std::string::npos);
}

// Where alpha_t is 0 before the end, what follows is fresh noise.
TEST(Schedule, OfNothingNothingIsKept) {
  const std::vector<Variances> variances = {{0.5, 0.5}, {0, 1}, {0, 1}, {0, 4}};
  const auto schedule = NoiseSchedule::from_variances(variances);
  for (const auto& [s, t] : {std::pair{2, 3}, {2, 4}, {3, 4}, {1, 3}}) {
    EXPECT_EQ(schedule.step(s, t).x0, 0);
    EXPECT_EQ(schedule.step(s, t).eps, schedule.sigma(t));
  }
  EXPECT_EQ(schedule.beta(4), 4);
  EXPECT_EQ(schedule.posterior(3, 4).variance, 1);
}

TEST(Schedule, EndsInExactlyNothingWhereItShould) {
  EXPECT_EQ(make_schedule({.name = "jsd", .steps = 50, .snr_shift = 3}).alpha_bar(50), 0);
  // alpha_bar underflows long before its end: the rescaling then changes the last beta only.
  const ScheduleSpec steep{
      .name = "const", .steps = 3000, .parameters = {{"beta-end", 0.5}}, .zero_terminal_snr = true};
  const auto schedule = make_schedule(steep);
  EXPECT_EQ(schedule.beta(2999), 0.5);
  EXPECT_EQ(schedule.alpha_bar(3000), 0);
}

TEST(Schedule, RefusesWhatFloat32DoesNotHold) {
  EXPECT_NE(message_of({.name = "exponential", .parameters = {{"sigma-max", 1e50}}})
                .find("more than float32 holds"),
            std::string::npos);
}

}  // namespace
}  // namespace qsample
