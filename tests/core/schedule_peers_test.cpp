// Schedules against the numbers of peers: tests/data/schedules, and the oracle where it is.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "qsample/error.h"
#include "qsample/schedule.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// The spec that stands for a peer's parameters.
ScheduleSpec spec_of(const Json& file) {
  const std::string name = file.at("name");
  const Json& given = file.at("parameters");
  ScheduleSpec spec;
  spec.steps = file.at("T");
  if (name.starts_with("edm_")) {
    spec.name = given.at("sigma_schedule");
    ++spec.steps;  // a grid at i/T, i = 0..T
  } else if (name.starts_with("kdiffusion_")) {
    const auto kind = name.substr(11, name.find("_n") - 11);
    spec.name = kind == "vp" ? "vp-sigmas" : kind;
  } else if (name.starts_with("flowmatch_")) {
    spec.name = "flow";
  } else if (name.starts_with("sdeve_")) {
    spec.name = "geometric";
  } else {
    spec.name = given.value("beta_schedule", given.value("schedule_name", std::string()));
    if (spec.name == "scaled_linear") spec.name = "quad";
    const bool scaled = name.starts_with("guided_") || name.starts_with("lucidrains_");
    if (scaled && spec.name == "linear") spec.name = "linear-scaled";
    if (name.starts_with("lucidrains_sigmoid")) spec.name = "sigmoid-jabri";
    spec.zero_terminal_snr = given.value("rescale_betas_zero_snr", false);
    spec.unscaled = name.starts_with("eulerdiscrete_");
  }
  for (const auto& parameter : find_schedule_family(spec.name).parameters) {
    std::string key(parameter.name);
    std::replace(key.begin(), key.end(), '-', '_');
    if (given.contains(key)) spec.parameters[std::string(parameter.name)] = given.at(key);
  }
  return spec;
}

// A peer's sigmas, which mostly fall and end with an appended 0, as sigma_1..sigma_T.
std::vector<double> rising_sigmas(const Json& numbers) {
  std::vector<double> sigmas = numbers.at("sigmas");
  if (sigmas.back() == 0) sigmas.pop_back();
  if (sigmas.front() > sigmas.back()) std::reverse(sigmas.begin(), sigmas.end());
  return sigmas;
}

// Compares every schedule file of a folder, within the tolerances that the oracle's README states
// for float64 code.
int compare_folder(const fs::path& folder) {
  int compared = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream stream(entry.path());
    const Json file = Json::parse(stream);
    SCOPED_TRACE(entry.path().filename().string());
    const Json& numbers = file.at("dtype") == "float64" ? file : file.at("float64_reference");
    const auto schedule = make_schedule(spec_of(file));
    const auto count = static_cast<std::size_t>(schedule.steps());
    if (numbers.contains("betas")) {
      const std::vector<double> betas = numbers.at("betas");
      const std::vector<double> alpha_bars = numbers.at("alphas_cumprod");
      EXPECT_EQ(betas.size(), count);
      for (std::size_t i = 0; i < count; ++i) {
        const int t = static_cast<int>(i) + 1;
        EXPECT_NEAR(schedule.beta(t), betas.at(i), 1e-12) << t;
        EXPECT_NEAR(schedule.alpha_bar(t), alpha_bars.at(i),
                    std::min(1e-14, 5e-12 * alpha_bars.at(i)))
            << t;
      }
    } else {
      const auto sigmas = rising_sigmas(numbers);
      EXPECT_EQ(sigmas.size(), count);
      for (std::size_t i = 0; i < count; ++i) {
        EXPECT_NEAR(schedule.sigma(static_cast<int>(i) + 1), sigmas.at(i), 1e-12 * sigmas.at(i))
            << i;
      }
    }
    ++compared;
  }
  return compared;
}

TEST(Schedule, AgreesWithPeersKept) {
  EXPECT_EQ(compare_folder(fs::path(QSAMPLE_TEST_DATA) / "schedules"), 26);
}

TEST(Schedule, AgreesWithPeersOracle) {
  const fs::path folder = fs::path(QSAMPLE_ORACLE) / "schedules";
  if (!fs::exists(folder))
    GTEST_SKIP() << "schedules of peers beyond tests/data: there is no " << folder;
  const int compared = compare_folder(folder);
  EXPECT_GE(compared, 60);
  std::cout << compared << " schedules of peers compared\n";
}

// The float32 numbers of PyTorch 2.6, on AVX2 and AVX-512 alike.
TEST(Schedule, SinglePrecisionIsThatOfThePyTorchThatIsNamed) {
  std::ifstream stream(fs::path(QSAMPLE_TEST_DATA) / "schedules-torch-2.6.json");
  const Json file = Json::parse(stream);
  int rows = 0;
  int apart = 0;  // from those of 1.13
  for (const Json& table : file.at("tables")) {
    ScheduleSpec spec{.name = table.at("schedule"), .steps = table.at("steps")};
    spec.zero_terminal_snr = table.at("zero_terminal_snr");
    spec.precision = Precision::float32;
    const auto before = make_schedule(spec);
    spec.torch = TorchVersion::v2_6;
    const auto schedule = make_schedule(spec);
    for (const Json& row : table.at("rows")) {
      const int t = row[0].get<int>() + 1;
      EXPECT_EQ(schedule.beta(t), row[1].get<double>()) << spec.name << t;
      EXPECT_EQ(schedule.alpha_bar(t), row[2].get<double>()) << spec.name << t;
      EXPECT_EQ(static_cast<float>(schedule.alpha(t)), row[3].get<float>()) << spec.name << t;
      EXPECT_EQ(static_cast<float>(schedule.sigma(t)), row[4].get<float>()) << spec.name << t;
      apart += before.beta(t) == row[1].get<double>() ? 0 : 1;
      ++rows;
    }
  }
  EXPECT_GT(rows, 150);
  EXPECT_GT(apart, 20);
  EXPECT_THROW((void)make_schedule({.torch = TorchVersion::v2_6}), InvalidArgument);
}

// diffusers keeps float32: the arrays of its DDPMScheduler, rounded as it rounds.
TEST(Schedule, SinglePrecisionIsDiffusersOracle) {
  const fs::path folder = fs::path(QSAMPLE_ORACLE) / "schedules";
  if (!fs::exists(folder))
    GTEST_SKIP() << "schedules of peers beyond tests/data: there is no " << folder;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().stem().string();
    if (!name.starts_with("diffusers_")) continue;
    SCOPED_TRACE(name);
    std::ifstream stream(entry.path());
    const Json file = Json::parse(stream);
    auto spec = spec_of(file);
    spec.precision = Precision::float32;
    const auto schedule = make_schedule(spec);
    const std::vector<double> alpha_bars = file.at("alphas_cumprod");
    const std::vector<double> betas = file.at("betas");
    // Bit for bit where only linspace, products and roots are taken; torch's own exp differs by an
    // ulp of a beta now and then.
    const bool exact = !name.starts_with("diffusers_sigmoid");
    int differing = 0;
    for (int t = 1; t <= schedule.steps(); ++t) {
      const double expected = alpha_bars.at(static_cast<std::size_t>(t) - 1);
      EXPECT_NEAR(schedule.alpha_bar(t), expected, exact ? 0 : 1e-6 * expected + 1e-9) << t;
      differing += schedule.alpha_bar(t) == expected ? 0 : 1;
      EXPECT_TRUE(!exact || schedule.beta(t) == betas.at(static_cast<std::size_t>(t) - 1)) << t;
    }
    std::cout << name << ": " << differing << " of " << schedule.steps() << " differ\n";
  }
}

}  // namespace
}  // namespace qsample
