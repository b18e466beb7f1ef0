#include "qsample/processes/blur_path.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <vector>

#include "core/statistics.h"
#include "qsample/processes/corruption.h"

namespace qsample {
namespace {

using Frames = std::map<int, std::vector<float>>;

struct Case {
  const char* process;
  ScheduleSpec spec;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {"blur", {.steps = 40, .parameters = {{"beta-end", 0.2}}}},
      {"blur", {.steps = 40, .parameters = {{"beta-end", 0.2}}, .zero_terminal_snr = true}},
      {"heat", usual_schedule(find_corruption_family("heat"))}};
  return kCases;
}

class Chain {
 public:
  explicit Chain(const Case& one)
      : schedule(make_schedule(one.spec)),
        corruption(resolved({&find_corruption_family(one.process), {{"blur-sigma-max", 3}}})),
        blur([this](int t) { return *corruption.blur(schedule, t); }) {}

  [[nodiscard]] Frames frames(const std::vector<int>& ts, PlaneShape shape, std::uint64_t seed = 4,
                              int workers = 1) const {
    const PhiloxNoise noise(seed);
    Frames frames;
    BlurredPath(schedule, noise, blur, shape)
        .visit(
            ts,
            [&](int t, Mix mix, std::span<const float> eps) {
              EXPECT_EQ(mix.x0, schedule.alpha(t));
              EXPECT_EQ(mix.eps, 1);
              frames.emplace(t, std::vector<float>(eps.begin(), eps.end()));
            },
            {}, workers);
    return frames;
  }

  // alpha_{t|s} of frequency (i, j), by its definition.
  [[nodiscard]] double kept(int s, int t, int i, int j, PlaneShape shape) const {
    const auto left = [&](int at) {
      const Blur here = blur(at);
      const double lambda = std::pow(std::numbers::pi * i / shape.height, 2) +
                            std::pow(std::numbers::pi * j / shape.width, 2);
      return here.min_scale +
             (1 - here.min_scale) * std::exp(-lambda * here.sigma * here.sigma / 2);
    };
    return schedule.alpha(t) * left(t) / (schedule.alpha(s) * left(s));
  }

  NoiseSchedule schedule;
  Corruption corruption;
  std::function<Blur(int)> blur;
};

TEST(BlurredPath, FrameAloneEqualsFrameOfTheWhole) {
  for (const Case& one : cases()) {
    const Chain chain(one);
    const PlaneShape shape{9, 7, 3, 2};
    const int last = chain.schedule.steps();
    const auto whole = chain.frames({0, 1, last / 3, last / 2, last - 1, last}, shape);
    EXPECT_EQ(whole.at(0), std::vector<float>(378));
    for (const auto& [t, frame] : whole) {
      EXPECT_EQ(chain.frames({t}, shape, 4, 3).at(t), frame) << one.process << " t " << t;
    }
  }
}

// Each frequency, of many images: the variance is sigma_t^2, and the covariance of two timesteps
// that of the chain, alpha_{t|s} sigma_s^2.
TEST(BlurredPath, HasTheLawOfTheChain) {
  constexpr PlaneShape kShape{4, 3, 1};
  constexpr int kImages = 40'000;
  constexpr std::size_t kSamples = 12;
  for (const Case& one : cases()) {
    const Chain chain(one);
    const int last = chain.schedule.steps();
    const std::vector<int> ts = {1, last / 4, last / 2, last - 1, last};
    // All images as planes of one, each with Gaussians of its own.
    const PlaneShape many{kShape.width, kShape.height, 1, kImages};
    const auto frames = chain.frames(ts, many);
    const auto frequency = [&](int t, int i, int j) {
      std::vector<float> out;
      for (int image = 0; image < kImages; ++image) {
        double sum = 0;
        for (int y = 0; y < 3; ++y) {
          for (int x = 0; x < 4; ++x) {
            const double wave = std::sqrt((i == 0 ? 1 : 2) / 3.0 * (j == 0 ? 1 : 2) / 4.0) *
                                std::cos(std::numbers::pi * i * (2 * y + 1) / 6) *
                                std::cos(std::numbers::pi * j * (2 * x + 1) / 8);
            const auto at =
                static_cast<std::size_t>(image) * kSamples + static_cast<std::size_t>(y * 4 + x);
            sum += wave * static_cast<double>(frames.at(t)[at]);
          }
        }
        out.push_back(static_cast<float>(sum));
      }
      return out;
    };
    for (const auto& [i, j] : {std::pair{0, 0}, {0, 1}, {1, 0}, {2, 3}}) {
      std::map<int, std::vector<float>> values;
      for (const int t : ts) values[t] = frequency(t, i, j);
      for (const int s : ts) {
        const double sigma = chain.schedule.sigma(s);
        const double error = 5 * sigma * std::sqrt(2.0 / kImages);
        EXPECT_NEAR(statistics::covariance(values[s], values[s]), sigma * sigma, error * sigma)
            << one.process << " (" << i << ", " << j << ") at " << s;
        for (const int t : ts) {
          if (t <= s) continue;
          EXPECT_NEAR(statistics::covariance(values[s], values[t]),
                      chain.kept(s, t, i, j, kShape) * sigma * sigma,
                      error * chain.schedule.sigma(t))
              << one.process << " (" << i << ", " << j << ") at " << s << " and " << t;
        }
      }
      // Between two given ends the past says nothing more: the partial correlation of the first
      // and the last given the middle is 0.
      const double ab = statistics::correlation(values[1], values[last / 2]);
      const double bc = statistics::correlation(values[last / 2], values[last]);
      const double ac = statistics::correlation(values[1], values[last]);
      if (std::abs(ab) < 0.999 && std::abs(bc) < 0.999) {
        EXPECT_NEAR((ac - ab * bc) / std::sqrt((1 - ab * ab) * (1 - bc * bc)), 0,
                    5 / std::sqrt(1.0 * kImages));
      }
    }
  }
}

}  // namespace
}  // namespace qsample
