// Timesteps that are spread evenly over t, log SNR and sigma, against closed forms.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "qsample/error.h"
#include "qsample/schedule.h"

namespace qsample {
namespace {

using Ts = std::vector<int>;

NoiseSchedule linear(int steps) { return make_schedule({.steps = steps}); }

// Variance exploding with log SNR 2 (T / 2 - t): one of the steps is one of the places.
NoiseSchedule geometric(int steps) {
  std::vector<Variances> table;
  for (int t = 1; t <= steps; ++t) table.push_back({1, std::exp(2.0 * t - steps)});
  return NoiseSchedule::from_variances(table);
}

TEST(SpreadTimesteps, IncludesBothEndsOverT) {
  EXPECT_EQ(spread_timesteps(linear(1000), 2, Space::t), (Ts{0, 1000}));
  EXPECT_EQ(spread_timesteps(linear(1000), 5, Space::t), (Ts{0, 250, 500, 750, 1000}));
  EXPECT_EQ(spread_timesteps(linear(10), 4, Space::t), (Ts{0, 3, 7, 10}));
  EXPECT_EQ(spread_timesteps(linear(3), 4, Space::t), (Ts{0, 1, 2, 3}));
  EXPECT_EQ(spread_timesteps(linear(1), 4, Space::t, Repeats::allowed), (Ts{0, 0, 1, 1}));
}

TEST(SpreadTimesteps, GoesEvenlyOverLogSnrBehindTheCleanImage) {
  EXPECT_EQ(spread_timesteps(geometric(21), 12, Space::log_snr),
            (Ts{0, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21}));
  EXPECT_EQ(spread_timesteps(geometric(21), 2, Space::log_snr), (Ts{0, 21}));
  EXPECT_EQ(spread_timesteps(geometric(21), 3, Space::log_snr), (Ts{0, 1, 21}));
}

TEST(SpreadTimesteps, GoesEvenlyOverSigma) {
  // Flow: sigma = t / T where nothing shifts it.
  std::vector<Variances> table;
  for (int t = 1; t <= 100; ++t) {
    const double u = t / 100.0;
    table.push_back({(1 - u) * (1 - u), u * u});
  }
  const auto flow = NoiseSchedule::from_variances(table);
  EXPECT_EQ(spread_timesteps(flow, 5, Space::sigma), (Ts{0, 25, 50, 75, 100}));
  // sigma^2 = t / T.
  for (int t = 1; t <= 100; ++t) table[static_cast<std::size_t>(t) - 1] = {1, t / 100.0};
  const auto root = NoiseSchedule::from_variances(table);
  EXPECT_EQ(spread_timesteps(root, 6, Space::sigma), (Ts{0, 4, 16, 36, 64, 100}));
}

TEST(SpreadTimesteps, TakesTheNearestOfEach) {
  for (const auto& family : schedule_families()) {
    const auto schedule = make_schedule({.name = std::string(family.name)});
    constexpr int kCount = 37;
    const auto ts = spread_timesteps(schedule, kCount, Space::log_snr, Repeats::allowed);
    ASSERT_EQ(ts.size(), static_cast<std::size_t>(kCount));
    const int last = schedule.steps();
    const bool vanishes = std::isinf(schedule.log_snr(last));
    const double high = schedule.log_snr(1);
    const double low = schedule.log_snr(vanishes ? last - 1 : last);
    const int places = vanishes ? kCount - 2 : kCount - 1;
    for (int i = 1; i + 1 < kCount; ++i) {
      const double wanted = high + (low - high) * (i - 1) / (places - 1);
      double least = INFINITY;
      for (int t = 1; t <= last; ++t) {
        least = std::min(least, std::abs(schedule.log_snr(t) - wanted));
      }
      const double here = std::abs(schedule.log_snr(ts[static_cast<std::size_t>(i)]) - wanted);
      EXPECT_NEAR(here, least, 1e-9) << family.name << " frame " << i;
    }
    EXPECT_EQ(ts.front(), 0);
    EXPECT_EQ(ts.back(), last);
    EXPECT_TRUE(std::is_sorted(ts.begin(), ts.end()));
  }
}

TEST(SpreadTimesteps, EndsWhereNothingOfTheImageIsLeft) {
  const auto schedule = make_schedule({.steps = 50, .zero_terminal_snr = true});
  ASSERT_TRUE(std::isinf(schedule.log_snr(50)));
  const auto ts = spread_timesteps(schedule, 10, Space::log_snr);
  EXPECT_EQ(ts.front(), 0);
  EXPECT_EQ(ts[1], 1);
  EXPECT_EQ(ts[8], 49);
  EXPECT_EQ(ts.back(), 50);
  // With one place between two infinite ends: half-way.
  const auto three = spread_timesteps(schedule, 3, Space::log_snr);
  const double half = (schedule.log_snr(1) + schedule.log_snr(49)) / 2;
  EXPECT_NEAR(schedule.log_snr(three[1]), half, 0.5);
  // With nothing between them: over t.
  const std::vector<double> all_at_once = {1};
  EXPECT_EQ(spread_timesteps(NoiseSchedule::from_betas(all_at_once), 2, Space::log_snr),
            (Ts{0, 1}));
}

TEST(SpreadTimesteps, GoesOverWhatChanges) {
  const auto constant = make_schedule({.name = "exponential",
                                       .steps = 9,
                                       .parameters = {{"sigma-min", 0.01}, {"sigma-max", 0.01}}});
  EXPECT_EQ(usual_space(constant), Space::t);
  EXPECT_EQ(usual_space(linear(9)), Space::log_snr);
  EXPECT_EQ(usual_space(linear(1)), Space::log_snr);
  EXPECT_EQ(spread_timesteps(constant, 4, Space::t), (Ts{0, 3, 6, 9}));
  for (const Space space : {Space::log_snr, Space::sigma}) {
    EXPECT_THROW((void)spread_timesteps(constant, 4, space), InvalidArgument);
    EXPECT_THROW((void)spread_timesteps(constant, 4, space, Repeats::allowed), InvalidArgument);
    EXPECT_EQ(spread_timesteps(linear(1), 2, space), (Ts{0, 1}));
  }
}

TEST(SpreadTimesteps, MovesApartWhatMayNotComeTwice) {
  const auto schedule = linear(1000);
  const auto repeated = spread_timesteps(schedule, 200, Space::log_snr, Repeats::allowed);
  const auto distinct = spread_timesteps(schedule, 200, Space::log_snr, Repeats::none);
  EXPECT_LT(std::set(repeated.begin(), repeated.end()).size(), 200U);
  EXPECT_EQ(std::set(distinct.begin(), distinct.end()).size(), 200U);
  EXPECT_TRUE(std::is_sorted(distinct.begin(), distinct.end()));
  EXPECT_EQ(distinct.front(), 0);
  EXPECT_EQ(distinct.back(), 1000);
  EXPECT_TRUE(std::equal(repeated.begin() + 100, repeated.end(), distinct.begin() + 100));
  for (const Space space : {Space::t, Space::log_snr, Space::sigma}) {
    const auto all = spread_timesteps(linear(20), 21, space);
    for (int t = 0; t <= 20; ++t) EXPECT_EQ(all[static_cast<std::size_t>(t)], t);
  }
}

TEST(SpreadTimesteps, PassesOverASigmaThatFalls) {
  const std::vector<Variances> table = {{0.9, 0.5}, {0.5, 0.4}, {0.1, 0.3}, {0.01, 1}};
  const auto schedule = NoiseSchedule::from_variances(table);
  const auto ts = spread_timesteps(schedule, 30, Space::sigma, Repeats::allowed);
  EXPECT_TRUE(std::is_sorted(ts.begin(), ts.end()));
  EXPECT_EQ(std::set(ts.begin(), ts.end()), (std::set{0, 1, 4}));
}

TEST(SpreadTimesteps, RefusesOtherCounts) {
  EXPECT_THROW((void)spread_timesteps(linear(10), 1, Space::t), InvalidArgument);
  EXPECT_THROW((void)spread_timesteps(linear(10), 12, Space::log_snr), InvalidArgument);
  EXPECT_THROW((void)spread_timesteps(linear(10), 0, Space::t, Repeats::allowed), InvalidArgument);
  EXPECT_THROW((void)spread_timesteps(linear(10), kMostSpread + 1, Space::t, Repeats::allowed),
               InvalidArgument);
  try {
    (void)spread_timesteps(linear(10), 0, Space::t);
    FAIL();
  } catch (const InvalidArgument& e) {
    EXPECT_EQ(e.parameter(), "frames");
  }
}

}  // namespace
}  // namespace qsample
