// Axes and their ticks, against what round numbers are.
#include "pipeline/plot/axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

namespace qsample::plot {
namespace {

// Whether a step is 1, 2, 2.5 or 5 times a power of ten.
bool is_round(double step) {
  const double digit = step / std::pow(10, std::floor(std::log10(step) + 1e-9));
  for (const double round : {1.0, 2.0, 2.5, 5.0}) {
    if (std::abs(digit - round) < 1e-6) return true;
  }
  return false;
}

TEST(Axis, HoldsItsValuesAndLittleMore) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> exponent(-6, 6);
  for (int i = 0; i < 1000; ++i) {
    const double low = (i % 2 == 0 ? -1 : 1) * std::pow(10, exponent(random));
    const double high = low + std::pow(10, exponent(random)) + std::abs(low) / 100;
    const Axis axis = linear_axis(low, high);
    EXPECT_LE(axis.low, low + 1e-8 * (high - low));
    EXPECT_GE(axis.high, high - 1e-8 * (high - low));
    EXPECT_LT(axis.high - axis.low, 1.6 * (high - low)) << low << ' ' << high;
  }
}

TEST(Axis, TicksAreRoundEvenAndNoMoreThanWanted) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> exponent(-5, 5);
  for (int i = 0; i < 1000; ++i) {
    const Axis axis = linear_axis(-std::pow(10, exponent(random)), std::pow(10, exponent(random)));
    const int most = 1 + i % 9;
    const auto found = ticks(axis, most);
    ASSERT_LE(found.size(), static_cast<std::size_t>(most) + 1);
    for (std::size_t k = 0; k < found.size(); ++k) {
      EXPECT_GE(axis.share(found[k].value), -1e-6);
      EXPECT_LE(axis.share(found[k].value), 1 + 1e-6);
      const double shown = std::stod(found[k].label);
      EXPECT_NEAR(shown, found[k].value, 1e-6 * (axis.high - axis.low)) << found[k].label;
      if (k == 0) continue;
      EXPECT_TRUE(is_round(found[k].value - found[k - 1].value));
      EXPECT_NE(found[k].label, found[k - 1].label);
    }
  }
}

TEST(Axis, TicksOfTimestepsAreWhole) {
  for (int steps = 1; steps < 60; ++steps) {
    for (int most = 1; most < 12; ++most) {
      const auto found = ticks({.high = 1.0 * steps, .whole = true}, most);
      ASSERT_FALSE(found.empty());
      for (const Tick& tick : found) EXPECT_EQ(tick.label, std::to_string(std::lround(tick.value)));
    }
  }
}

TEST(Axis, LogarithmsHaveTicksAtPowersOfTen) {
  const Axis axis = log_axis(0.002, 80);
  EXPECT_DOUBLE_EQ(axis.low, 1e-3);
  EXPECT_DOUBLE_EQ(axis.high, 100);
  EXPECT_NEAR(axis.share(1), 0.6, 1e-12);
  EXPECT_EQ(axis.share(0), -INFINITY);
  const auto all = ticks(axis, 9);
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all.front().label, "0.001");
  EXPECT_EQ(all.back().label, "100");
  EXPECT_EQ(ticks(axis, 3).size(), 3U);
  EXPECT_EQ(ticks(log_axis(1e-7, 0.9), 9).front().label, "1e-7");
  // A range within one decade, or at its very ends.
  EXPECT_GT(log_axis(1, 1).high, log_axis(1, 1).low);
  EXPECT_DOUBLE_EQ(log_axis(0.001, 1000).low, 0.001);
  EXPECT_DOUBLE_EQ(log_axis(0.001, 1000).high, 1000);
}

TEST(Axis, OneValueHasAnAxisToo) {
  for (const double value : {0.0, -7.0, 1e-5}) {
    const Axis axis = linear_axis(value, value);
    EXPECT_LT(axis.low, value);
    EXPECT_GT(axis.high, value);
  }
}

}  // namespace
}  // namespace qsample::plot
