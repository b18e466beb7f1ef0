#include "qsample/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

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
      EXPECT_NEAR(both.signal, first.signal * second.signal, 1e-13) << name;
      EXPECT_NEAR(both.noise, std::hypot(second.signal * first.noise, second.noise), 1e-12) << name;
    }
    const Mix from_start = schedule.step(0, 150);
    EXPECT_NEAR(from_start.signal, schedule.alpha(150), 1e-14) << name;
    EXPECT_NEAR(from_start.noise, schedule.sigma(150), 1e-14) << name;
  }
}

TEST(Schedule, ZeroTerminalSnrEndsInPureNoiseAndKeepsTheStart) {
  for (const auto& family : schedule_families()) {
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
  EXPECT_NEAR(step.signal, 0.98, 1e-6);
  EXPECT_NEAR(std::hypot(step.signal, step.noise), 1, 1e-12);
}

TEST(Schedule, StartsAnewAfterABetaOfOne) {
  const std::vector<double> betas = {0.1, 1, 0.2, 0.3};
  const auto schedule = NoiseSchedule::from_betas(betas);
  EXPECT_EQ(schedule.alpha(2), 0);
  EXPECT_EQ(schedule.alpha(4), 0);
  EXPECT_EQ(schedule.step(1, 3).signal, 0);
  EXPECT_NEAR(schedule.step(2, 4).signal, std::sqrt(0.8 * 0.7), 1e-15);
  EXPECT_EQ(schedule.log_snr(4), -std::numeric_limits<double>::infinity());
}

TEST(Schedule, RefusesWhatCannotBe) {
  EXPECT_NE(message_of({.name = "linaer"}).find("known are linear"), std::string::npos);
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
  EXPECT_NE(message_of({.steps = 1, .zero_terminal_snr = true}), "");
  EXPECT_THROW((void)NoiseSchedule::from_betas({}), InvalidArgument);
}

// The spec that stands for a peer's parameters; nothing for a family that is not here.
std::optional<ScheduleSpec> spec_of(const Json& file) {
  const std::string name = file.at("name");
  const Json& parameters = file.at("parameters");
  if (!file.contains("betas")) return std::nullopt;
  const bool scaled_by_steps =
      name.starts_with("guided_linear") || name.starts_with("lucidrains_linear");
  if (scaled_by_steps || name.starts_with("lucidrains_sigmoid")) return std::nullopt;
  std::string schedule =
      parameters.value("beta_schedule", parameters.value("schedule_name", std::string()));
  if (schedule == "scaled_linear") schedule = "quad";
  ScheduleSpec spec{.name = schedule,
                    .steps = file.at("T"),
                    .zero_terminal_snr = parameters.value("rescale_betas_zero_snr", false)};
  for (const auto& family : schedule_families()) {
    if (schedule != family.name && schedule != family.alias) continue;
    for (const auto& parameter : family.parameters) {
      std::string key(parameter.name);
      std::replace(key.begin(), key.end(), '-', '_');
      if (parameters.contains(key))
        spec.parameters[std::string(parameter.name)] = parameters.at(key);
    }
    return spec;
  }
  return std::nullopt;
}

// Compares every schedule file of a folder, within the tolerances that the oracle's README states
// for float64 code.
int compare_folder(const fs::path& folder) {
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream stream(entry.path());
    const Json file = Json::parse(stream);
    const auto spec = spec_of(file);
    if (!spec) continue;
    SCOPED_TRACE(entry.path().filename().string());
    const Json& numbers = file.at("dtype") == "float64" ? file : file.at("float64_reference");
    const std::vector<double> betas = numbers.at("betas");
    const std::vector<double> alpha_bars = numbers.at("alphas_cumprod");
    const auto schedule = make_schedule(*spec);
    for (int t = 1; t <= schedule.steps(); ++t) {
      const double alpha_bar = alpha_bars.at(static_cast<std::size_t>(t) - 1);
      EXPECT_NEAR(schedule.beta(t), betas.at(static_cast<std::size_t>(t) - 1), 1e-12) << t;
      EXPECT_NEAR(schedule.alpha_bar(t), alpha_bar, std::min(1e-14, 5e-12 * alpha_bar)) << t;
    }
    ++compared;
  }
  return compared;
}

TEST(Schedule, AgreesWithPeersKept) {
  EXPECT_EQ(compare_folder(fs::path(QSAMPLE_TEST_DATA) / "schedules"), 12);
}

TEST(Schedule, AgreesWithPeersOracle) {
  const fs::path folder = fs::path(QSAMPLE_ORACLE) / "schedules";
  if (!fs::exists(folder)) GTEST_SKIP() << "no oracle data at " << folder;
  const int compared = compare_folder(folder);
  EXPECT_GE(compared, 24);
  std::cout << compared << " schedules of peers compared\n";
}

}  // namespace
}  // namespace qsample
