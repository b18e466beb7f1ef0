#include "qsample/sampling/timestep_law.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "qsample/error.h"
#include "qsample/noise.h"

namespace qsample {
namespace {

using Json = nlohmann::json;

constexpr int kDraws = 100'000;

// Which row, with which values, a law of the trainers' numbers is.
struct Row {
  std::string law;
  std::vector<double> values;
};

const std::map<std::string, Row>& rows() {
  static const std::map<std::string, Row> kRows = {
      {"uniform", {"uniform", {}}},
      {"kohya-uniform", {"uniform", {}}},
      {"logit-normal_m0_s1", {"logit-normal", {0, 1}}},
      {"logit-normal_m0.5_s0.8", {"logit-normal", {0.5, 0.8}}},
      {"onetrainer-logit-normal_w0_b0", {"logit-normal", {0, 1}}},
      {"onetrainer-logit-normal_w0.4_b-0.3", {"logit-normal", {-0.3, 1.4}}},
      {"mode_1.29", {"mode", {1.29}}},
      {"onetrainer-heavy-tail_w0.5", {"mode", {0.5}}},
      {"cosmap", {"cosmap", {}}},
      {"kohya-sigmoid_scale1", {"sigmoid", {1}}},
      {"kohya-sigmoid_scale2", {"sigmoid", {2}}},
      {"shift3-of-uniform", {"shift", {3}}},
      {"kohya-shift3.1582_scale1", {"sigmoid-shift", {1, 3.1582}}},
      {"kohya-flux-shift_128x128_scale1", {"sigmoid-shift", {1, std::exp(1.15)}}},
      {"onetrainer-beta_a0.8_b1", {"beta", {0.8, 1, 1}}},
      {"onetrainer-beta_a2_b2", {"beta", {2, 2, 1}}},
      {"onetrainer-beta_a0.8_b1_shift3", {"beta", {0.8, 1, 3}}},
      {"edm-log-normal_m-1.2_s1.2", {"log-normal", {-1.2, 1.2}}},
      {"kdiffusion-log-normal_m-1.2_s1.2", {"log-normal", {-1.2, 1.2}}},
  };
  return kRows;
}

class TimestepLawOracle : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(QSAMPLE_TEST_DATA "/laws.json");
    laws = Json::parse(file);
  }
  Json laws;
};

TEST_F(TimestepLawOracle, HasTheQuantilesOfTheTrainers) {
  std::size_t found = 0;
  for (const Json& wanted : laws) {
    const auto row = rows().find(wanted["name"].get<std::string>());
    if (row == rows().end()) continue;
    ++found;
    const auto& law = find_timestep_law(row->second.law);
    for (std::size_t i = 0; i < wanted["p"].size(); ++i) {
      const auto quantile = wanted["quantile"][i].get<double>();
      EXPECT_NEAR(law.quantile(wanted["p"][i].get<double>(), row->second.values), quantile,
                  1e-12 * std::max(1.0, quantile))
          << row->first << " at " << wanted["p"][i];
    }
  }
  EXPECT_EQ(found, rows().size());
}

// The defaults are the trainers' own, or their papers'.
TEST(TimestepLaws, HaveTheDefaultsOfTheTrainers) {
  const std::map<std::string_view, std::vector<double>> defaults = {{"uniform", {}},
                                                                    {"logit-normal", {0, 1}},
                                                                    {"mode", {1.29}},
                                                                    {"cosmap", {}},
                                                                    {"sigmoid", {1}},
                                                                    {"shift", {3}},
                                                                    {"sigmoid-shift", {1, 3}},
                                                                    {"beta", {2, 2, 1}},
                                                                    {"log-normal", {-1.2, 1.2}}};
  EXPECT_EQ(defaults.size(), timestep_laws().size());
  for (const TimestepLaw& law : timestep_laws()) {
    std::vector<double> values;
    for (const auto& parameter : law.parameters) values.push_back(parameter.default_value);
    EXPECT_EQ(values, defaults.at(law.name)) << law.name;
  }
}

// Kolmogorov and Smirnov at the points of the numbers, at the 1 % level.
TEST_F(TimestepLawOracle, DrawsByTheLawsOfTheTrainers) {
  for (const Json& wanted : laws) {
    const auto row = rows().find(wanted["name"].get<std::string>());
    if (row == rows().end()) continue;
    const auto& law = find_timestep_law(row->second.law);
    std::vector<double> drawn;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
      drawn.push_back(law.quantile(unit_of_bits(uniform_bits(seed, 0)), row->second.values));
    }
    std::sort(drawn.begin(), drawn.end());
    double worst = 0;
    for (std::size_t i = 0; i < wanted["x"].size(); ++i) {
      const auto below = std::upper_bound(drawn.begin(), drawn.end(), wanted["x"][i].get<double>());
      const double share = static_cast<double>(below - drawn.begin()) / kDraws;
      worst = std::max(worst, std::abs(share - wanted["cdf"][i].get<double>()));
    }
    EXPECT_LT(worst, 1.63 / std::sqrt(double{kDraws})) << row->first;
  }
}

// The place in the schedule: P(t <= first - 1 + k) = F(k / n) where noise grows with the variable,
// and 1 - F(1 - k / n) where it falls.
TEST(RandomTimesteps, HaveTheNoiseGrowAsTheTrainersDo) {
  const auto schedule = make_schedule({.steps = 1000});
  const auto mean = [&](const RandomTimesteps& ts) {
    double sum = 0;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) sum += ts.draw(seed);
    return sum / 20'000;
  };
  // logit-normal(1, 1) of a list that descends: less noise than half.
  EXPECT_NEAR(mean(RandomTimesteps(schedule, find_timestep_law("logit-normal"), {1, 1})), 303, 5);
  // A shift of 3: E[3 u / (1 + 2 u)] = 3/2 - 3/4 ln 3.
  EXPECT_NEAR(mean(RandomTimesteps(schedule, find_timestep_law("shift"), {3})),
              1000 * (1.5 - 0.75 * std::log(3)), 8);
  EXPECT_NEAR(mean(RandomTimesteps(schedule, find_timestep_law("beta"), {6, 2, 1})), 750, 5);
}

TEST(RandomTimesteps, AreWhatUniformOnesHaveAlwaysBeen) {
  const auto schedule = make_schedule({.steps = 1000});
  const RandomTimesteps ts(schedule);
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    ASSERT_EQ(ts.draw(seed), static_cast<int>(uniform_from_seed(seed, 1000)));
  }
  EXPECT_EQ(uniform_from_seed(0, 1000), 76U);
}

TEST(RandomTimesteps, StayInTheirRangeAndReachItsEnds) {
  const auto schedule = make_schedule({.steps = 1000});
  for (const TimestepLaw& law : timestep_laws()) {
    const RandomTimesteps ts(schedule, law, {}, 400, 409);
    int least = 1000;
    int most = 0;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
      const int t = ts.draw(seed, 2);
      least = std::min(least, t);
      most = std::max(most, t);
    }
    EXPECT_EQ(least, 400) << law.name;
    EXPECT_EQ(most, 409) << law.name;
    for (const double p : {0x1p-60, 1 - 0x1p-53}) {
      EXPECT_GE(ts.at(p), 400) << law.name;
      EXPECT_LE(ts.at(p), 409) << law.name;
    }
  }
}

TEST(RandomTimesteps, FindTheSigmaOfTheSchedule) {
  const auto schedule = make_schedule({.name = "karras", .steps = 100});
  const RandomTimesteps ts(schedule, find_timestep_law("log-normal"));
  const double median = std::exp(-1.2);
  const int t = ts.at(0.5);
  const auto distance = [&](int other) {
    return std::abs(std::log(schedule.sigma(other) / schedule.alpha(other) / median));
  };
  EXPECT_LT(distance(t), distance(t - 1));
  EXPECT_LT(distance(t), distance(t + 1));
}

TEST(RandomTimesteps, RefuseWhatCanNotBe) {
  const auto schedule = make_schedule({.steps = 10});
  const auto& law = find_timestep_law("logit-normal");
  EXPECT_THROW(RandomTimesteps(schedule, law, {0, 0}), InvalidArgument);
  EXPECT_THROW(RandomTimesteps(schedule, law, {NAN, 1}), InvalidArgument);
  EXPECT_THROW(RandomTimesteps(schedule, law, {1}), InvalidArgument);
  EXPECT_THROW(RandomTimesteps(schedule, law, {}, 5, 4), InvalidArgument);
  EXPECT_THROW(RandomTimesteps(schedule, law, {}, 1, 11), InvalidArgument);
  EXPECT_THROW((void)find_timestep_law("normal"), InvalidArgument);
}

TEST(Stratified, HasOneInEachPartWhateverTheOrder) {
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t i = 0; i < 25; ++i) seeds.push_back(i * 7919 + 3);
  const auto some = stratified(seeds, 4);
  std::vector<int> counts(100);
  for (const double p : some) ++counts.at(static_cast<std::size_t>(p * 100));
  EXPECT_EQ(counts, std::vector<int>(100, 1));
  EXPECT_FALSE(std::is_sorted(some.begin(), some.end()));
  std::reverse(seeds.begin(), seeds.end());
  const auto turned = stratified(seeds, 4);
  for (std::size_t i = 0; i < 25; ++i) {
    for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(turned[4 * (24 - i) + k], some[4 * i + k]);
  }
}

}  // namespace
}  // namespace qsample
