#include "qsample/path.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

#include "core/statistics.h"
#include "core/targets.h"
#include "qsample/error.h"
#include "qsample/forward.h"

namespace qsample {
namespace {

using Frames = std::map<int, std::vector<float>>;

std::vector<int> all_timesteps(int last) {
  std::vector<int> ts(static_cast<std::size_t>(last) + 1);
  std::iota(ts.begin(), ts.end(), 0);
  return ts;
}

// x_t of an image whose every sample is `value`.
Frames frames_of(const NoisePath& path, const std::vector<int>& ts, std::size_t count,
                 float value = 0.5F, std::uint64_t first = 0) {
  const std::vector<float> x0(count, value);
  Frames frames;
  path.visit(ts, first, count, [&](int t, Mix mix, std::span<const float> eps) {
    std::vector<float> xt(count);
    q_sample(x0, eps, mix, xt);
    frames.emplace(t, std::move(xt));
  });
  return frames;
}

class EachPath : public ::testing::TestWithParam<PathKind> {};
INSTANTIATE_TEST_SUITE_P(, EachPath,
                         ::testing::Values(PathKind::shared, PathKind::markov,
                                           PathKind::independent),
                         [](const auto& kind) { return std::string(path_name(kind.param)); });

TEST_P(EachPath, FrameAloneEqualsFrameOfTheWhole) {
  for (const int steps : {1, 2, 3, 7, 64, 100}) {
    for (const bool zero_snr : {false, true}) {
      if (zero_snr && steps == 1) continue;
      const auto schedule = make_schedule({.steps = steps, .zero_terminal_snr = zero_snr});
      const PhiloxNoise noise(11);
      const NoisePath path(schedule, noise, GetParam());
      const auto whole = frames_of(path, all_timesteps(steps), 333);
      ASSERT_EQ(whole.size(), static_cast<std::size_t>(steps) + 1);
      for (int t = 0; t <= steps; ++t) {
        ASSERT_EQ(frames_of(path, {t}, 333).at(t), whole.at(t)) << "t " << t << " of " << steps;
      }
      const auto some = frames_of(
          path, steps < 3 ? std::vector{0, steps} : std::vector{0, steps / 3, steps}, 333);
      for (const auto& [t, frame] : some) EXPECT_EQ(frame, whole.at(t));
    }
  }
}

TEST_P(EachPath, SliceOfSamplesEqualsTheSliceOfTheWhole) {
  const auto schedule = make_schedule({.steps = 50});
  const PhiloxNoise noise(3);
  const NoisePath path(schedule, noise, GetParam());
  const auto whole = frames_of(path, {17, 50}, 5000);
  for (const std::size_t first : {1U, 64U, 1025U}) {
    const auto part = frames_of(path, {17, 50}, 2000, 0.5F, first);
    for (const auto& [t, frame] : part) {
      ASSERT_TRUE(
          std::equal(frame.begin(), frame.end(), whole.at(t).begin() + static_cast<long>(first)));
    }
  }
}

TEST_P(EachPath, HasTheLawOfTheDirectSample) {
  constexpr std::size_t kCount = 1 << 18;
  const auto n = static_cast<double>(kCount);
  const auto schedule = make_schedule({});
  const PhiloxNoise noise(1);
  const NoisePath path(schedule, noise, GetParam());
  for (auto& [t, xt] : frames_of(path, {1, 250, 500, 1000}, kCount)) {
    // eps recovered from x_t = alpha x_0 + sigma eps is N(0, 1).
    for (float& x : xt) {
      x = static_cast<float>((x - schedule.alpha(t) * 0.5) / schedule.sigma(t));
    }
    EXPECT_NEAR(statistics::mean(xt), 0, 5 / std::sqrt(n)) << t;
    EXPECT_NEAR(statistics::covariance(xt, xt), 1, 5 * std::sqrt(2 / n)) << t;
    EXPECT_GT(statistics::normal_p_value(xt), 0.001) << t;
  }
}

TEST_P(EachPath, HasTheSameBitsOnEveryInstructionSet) {
  const auto schedule = make_schedule({.name = "cosine", .steps = 33});
  const PhiloxNoise noise(8);
  const NoisePath path(schedule, noise, GetParam());
  const auto best = frames_of(path, all_timesteps(33), 1031);
  on_every_target([&] { EXPECT_EQ(frames_of(path, all_timesteps(33), 1031), best); });
}

TEST(MarkovPath, HasTheCovarianceOfTheChain) {
  constexpr std::size_t kCount = 1 << 18;
  const auto schedule = make_schedule({});
  const PhiloxNoise noise(21);
  const NoisePath path(schedule, noise, PathKind::markov);
  const std::vector<int> ts = {1, 2, 100, 101, 499, 500, 900, 1000};
  const auto frames = frames_of(path, ts, kCount);
  for (const int s : ts) {
    for (const int t : ts) {
      if (s >= t) continue;
      // cov(x_s, x_t) = sqrt(alpha_bar_t / alpha_bar_s) (1 - alpha_bar_s)
      const double expected =
          std::sqrt(schedule.alpha_bar(t) / schedule.alpha_bar(s)) * (1 - schedule.alpha_bar(s));
      const double scale = schedule.sigma(s) * schedule.sigma(t);
      EXPECT_NEAR(statistics::covariance(frames.at(s), frames.at(t)), expected,
                  6 * scale / std::sqrt(static_cast<double>(kCount)))
          << s << ", " << t;
    }
  }
}

// What eq. 2 of DDPM adds at a step is N(0, 1) and knows nothing of the past.
TEST(MarkovPath, StepsAreFreshGaussians) {
  constexpr std::size_t kCount = 1 << 17;
  const double bound = 5 / std::sqrt(static_cast<double>(kCount));
  for (const bool zero_snr : {false, true}) {
    const auto schedule = make_schedule({.steps = 100, .zero_terminal_snr = zero_snr});
    const PhiloxNoise noise(77);
    const NoisePath path(schedule, noise, PathKind::markov);
    const auto frames = frames_of(path, all_timesteps(100), kCount);
    std::vector<float> before;
    for (int t = 1; t <= 100; ++t) {
      const Mix step = schedule.step(t - 1, t);
      std::vector<float> residual(kCount);
      for (std::size_t i = 0; i < kCount; ++i) {
        residual[i] =
            static_cast<float>((frames.at(t)[i] - step.x0 * frames.at(t - 1)[i]) / step.eps);
      }
      EXPECT_NEAR(statistics::covariance(residual, residual), 1, 2 * bound) << t;
      EXPECT_LT(std::abs(statistics::mean(residual)), bound) << t;
      if (t % 10 == 0) {
        EXPECT_GT(statistics::normal_p_value(residual), 1e-4) << t;
      }
      if (t > 1) {
        EXPECT_LT(std::abs(statistics::correlation(residual, frames.at(t - 1))), bound) << t;
        EXPECT_LT(std::abs(statistics::correlation(residual, before)), bound) << t;
      }
      before = std::move(residual);
    }
  }
}

// The end point's law and the step's, for families that are not DDPM's.
TEST(MarkovPath, HoldsForEveryFamily) {
  constexpr std::size_t kCount = 1 << 16;
  const double bound = 5 / std::sqrt(static_cast<double>(kCount));
  for (const auto& family : schedule_families()) {
    SCOPED_TRACE(family.name);
    ScheduleSpec spec{.name = std::string(family.name), .steps = 40};
    if (family.name == "geometric") spec.parameters = {{"sigma-max", 1000}};
    const auto schedule = make_schedule(spec);
    const auto frames =
        frames_of(NoisePath(schedule, PhiloxNoise(3), PathKind::markov), {19, 20, 39, 40}, kCount);
    for (const int t : {20, 40}) {
      std::vector<float> eps(kCount);
      std::vector<float> residual(kCount);
      const Mix step = schedule.step(t - 1, t);
      const auto& now = frames.at(t);
      const auto& before = frames.at(t - 1);
      for (std::size_t i = 0; i < kCount; ++i) {
        eps[i] = static_cast<float>((now[i] - schedule.alpha(t) * 0.5) / schedule.sigma(t));
        residual[i] = static_cast<float>((now[i] - step.x0 * before[i]) / step.eps);
      }
      for (const auto& gaussian : {eps, residual}) {
        EXPECT_NEAR(statistics::mean(gaussian), 0, bound) << t;
        EXPECT_NEAR(statistics::covariance(gaussian, gaussian), 1, 2 * bound) << t;
        EXPECT_GT(statistics::normal_p_value(gaussian), 1e-4) << t;
      }
      EXPECT_LT(std::abs(statistics::correlation(residual, before)), bound) << t;
    }
  }
}

// The same moments as the chain simulated step by step, the plain way.
TEST(MarkovPath, AgreesWithTheStepByStepChain) {
  constexpr std::size_t kCount = 1 << 18;
  const auto schedule = make_schedule({.steps = 40, .parameters = {{"beta-end", 0.3}}});
  std::vector<float> x(kCount, 0.5F);
  std::vector<float> eps(kCount);
  Frames chain;
  for (int t = 1; t <= 40; ++t) {
    gaussian_noise({1234, static_cast<std::uint32_t>(t)}, 0, eps);
    q_sample(x, eps, schedule.step(t - 1, t), x);
    chain[t] = x;
  }
  const auto tree = frames_of(NoisePath(schedule, PhiloxNoise(1234), PathKind::markov),
                              all_timesteps(40), kCount);
  const double tolerance = 8 / std::sqrt(static_cast<double>(kCount));
  for (const int t : {1, 7, 20, 40}) {
    EXPECT_NEAR(statistics::mean(tree.at(t)), statistics::mean(chain.at(t)), tolerance);
    for (const int s : {1, 7, 20, 40}) {
      EXPECT_NEAR(statistics::covariance(tree.at(s), tree.at(t)),
                  statistics::covariance(chain.at(s), chain.at(t)), tolerance);
    }
  }
}

// Where alpha_bar underflows a double, neighbours still follow each other.
TEST(MarkovPath, StaysAChainOverAMillionSteps) {
  constexpr std::size_t kCount = 1 << 14;
  const auto schedule = make_schedule({.steps = 1'000'000});
  const auto frames = frames_of(NoisePath(schedule, PhiloxNoise(4), PathKind::markov),
                                {500'000, 999'999, 1'000'000}, kCount);
  for (const auto& [t, xt] : frames) {
    EXPECT_NEAR(statistics::covariance(xt, xt), 1, 0.06) << t;
  }
  EXPECT_NEAR(statistics::correlation(frames.at(999'999), frames.at(1'000'000)), std::sqrt(0.98),
              0.01);
  EXPECT_NEAR(statistics::correlation(frames.at(500'000), frames.at(1'000'000)), 0, 0.04);
}

TEST(MarkovPath, EndsInFreshNoiseWhereNothingOfTheImageIsLeft) {
  const auto schedule = make_schedule({.steps = 10, .zero_terminal_snr = true});
  const auto frames =
      frames_of(NoisePath(schedule, PhiloxNoise(6), PathKind::markov), {9, 10}, 1000);
  std::vector<float> fresh(1000);
  gaussian_noise({6, 10}, 0, fresh);
  EXPECT_EQ(frames.at(10), fresh);
}

TEST(IndependentPath, DrawsEachFrameUnderItsOwnStep) {
  const auto schedule = make_schedule({.steps = 10});
  const PhiloxNoise noise(6);
  const NoisePath path(schedule, noise, PathKind::independent);
  const std::vector<int> ts = {4, 9};
  path.visit(ts, 0, 100, [&](int t, Mix mix, std::span<const float> eps) {
    std::vector<float> expected(100);
    gaussian_noise({6, static_cast<std::uint32_t>(t)}, 0, expected);
    EXPECT_TRUE(std::equal(eps.begin(), eps.end(), expected.begin()));
    EXPECT_EQ(mix.x0, schedule.alpha(t));
    EXPECT_EQ(mix.eps, schedule.sigma(t));
  });
}

TEST(NoisePathVisit, RefusesTimestepsOutOfOrderOrRange) {
  const auto schedule = make_schedule({.steps = 10});
  for (const PathKind kind : {PathKind::shared, PathKind::markov}) {
    const PhiloxNoise noise(0);
    const NoisePath path(schedule, noise, kind);
    EXPECT_THROW(frames_of(path, {3, 2}, 4), InvalidArgument);
    EXPECT_THROW(frames_of(path, {3, 3}, 4), InvalidArgument);
    EXPECT_THROW(frames_of(path, {-1, 3}, 4), InvalidArgument);
    EXPECT_THROW(frames_of(path, {11}, 4), InvalidArgument);
  }
}

}  // namespace
}  // namespace qsample
