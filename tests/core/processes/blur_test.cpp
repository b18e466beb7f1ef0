#include "qsample/processes/blur.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "qsample/error.h"
#include "qsample/noise.h"
#include "qsample/processes/corruption.h"

namespace qsample {
namespace {

using Plane = std::vector<double>;

Plane random_plane(int width, int height) {
  std::vector<float> samples(static_cast<std::size_t>(width * height));
  gaussian_noise({5, 1}, 0, samples);
  return {samples.begin(), samples.end()};
}

// The orthonormal DCT-II of a line, by its definition.
double basis(int n, int k, int i) {
  const double norm = std::sqrt((k == 0 ? 1.0 : 2.0) / n);
  return norm * std::cos(std::numbers::pi * k * (2 * i + 1) / (2.0 * n));
}

Plane blurred_by_definition(const Blur& blur, int width, int height, const Plane& plane) {
  Plane out(plane.size());
  const auto index = [&](int y, int x) {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  };
  for (int a = 0; a < height; ++a) {
    for (int b = 0; b < width; ++b) {
      double frequency = 0;
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
          frequency += basis(height, a, y) * basis(width, b, x) * plane[index(y, x)];
        }
      }
      const double lambda = std::pow(std::numbers::pi, 2) *
                            (std::pow(1.0 * a / height, 2) + std::pow(1.0 * b / width, 2));
      frequency *=
          blur.min_scale + (1 - blur.min_scale) * std::exp(-lambda * blur.sigma * blur.sigma / 2);
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
          out[index(y, x)] += basis(height, a, y) * basis(width, b, x) * frequency;
        }
      }
    }
  }
  return out;
}

double distance(const Plane& a, const Plane& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

TEST(Blur, IsTheCosineTransformByItsDefinition) {
  // One sample, primes, powers of two, and what is made of 4, 2, 3 and 5.
  const std::vector<std::pair<int, int>> sizes = {{1, 1},   {1, 7},   {2, 3},   {4, 8},
                                                  {13, 11}, {16, 17}, {30, 12}, {23, 8},
                                                  {25, 27}, {67, 3},  {2, 142}};
  for (const auto& [width, height] : sizes) {
    for (const Blur& blur : {Blur{0.3, 0}, Blur{1.5, 0.001}, Blur{40, 0.2}}) {
      const Plane plane = random_plane(width, height);
      Plane ours = plane;
      blur_plane(blur, width, height, ours);
      EXPECT_LT(distance(ours, blurred_by_definition(blur, width, height, plane)), 2e-13)
          << width << "x" << height << " by " << blur.sigma;
    }
  }
}

TEST(Blur, HasItsEnds) {
  const Plane plane = random_plane(37, 20);
  Plane same = plane;
  blur_plane({0, 0.1}, 37, 20, same);
  EXPECT_EQ(same, plane);
  double mean = 0;
  for (const double sample : plane) mean += sample / static_cast<double>(plane.size());
  Plane flat = plane;
  blur_plane({1e4, 0}, 37, 20, flat);
  EXPECT_LT(distance(flat, Plane(plane.size(), mean)), 1e-13);
  // Twice is once for the sum of the times.
  Plane twice = plane;
  blur_plane({3, 0}, 37, 20, twice);
  blur_plane({4, 0}, 37, 20, twice);
  Plane once = plane;
  blur_plane({5, 0}, 37, 20, once);
  EXPECT_LT(distance(twice, once), 1e-13);
}

TEST(Blur, IsTheSameOnAnyNumberOfThreads) {
  const Plane plane = random_plane(101, 67);
  Plane one = plane;
  blur_plane({2, 0.01}, 101, 67, one, 1);
  Plane many = plane;
  blur_plane({2, 0.01}, 101, 67, many, 7);
  EXPECT_EQ(one, many);
}

TEST(Blur, RefusesAnotherSize) {
  Plane plane(12);
  EXPECT_THROW(blur_plane({1, 0}, 5, 3, plane), InvalidArgument);
}

Corruption of(std::string_view name, ParameterValues values = {}) {
  return resolved({&find_corruption_family(name), std::move(values)});
}

TEST(Corruption, HasTheBlursOfThePapers) {
  const NoiseSchedule schedule = make_schedule({.steps = 200});
  const Corruption blur = of("blur", {{"blur-sigma-max", 20}});
  const Corruption heat = of("heat", {{"blur-sigma-max", 24}});
  EXPECT_EQ(of("gaussian").blur(schedule, 100), std::nullopt);
  EXPECT_EQ(blur.blur(schedule, 0)->sigma, 0);
  EXPECT_EQ(heat.blur(schedule, 0)->sigma, 0);
  EXPECT_DOUBLE_EQ(blur.blur(schedule, 200)->sigma, 20);
  EXPECT_DOUBLE_EQ(heat.blur(schedule, 200)->sigma, 24);
  EXPECT_EQ(heat.blur(schedule, 1)->sigma, 0.5);
  for (int t = 1; t <= 200; ++t) {
    const double sine = std::sin(std::numbers::pi * t / 400);
    EXPECT_NEAR(blur.blur(schedule, t)->sigma, 20 * sine * sine, 1e-13);
    EXPECT_NEAR(heat.blur(schedule, t)->sigma, 0.5 * std::pow(48, (t - 1) / 199.0), 1e-12);
  }
  EXPECT_EQ(blur.blur(schedule, 7)->min_scale, 0.001);
  EXPECT_EQ(heat.blur(schedule, 7)->min_scale, 0);
  // Heat's own noise is 0.01 at every t.
  const NoiseSchedule usual = make_schedule(usual_schedule(*heat.family));
  for (const int t : {1, 500, 1000}) {
    EXPECT_EQ(usual.alpha(t), 1);
    EXPECT_NEAR(usual.sigma(t), 0.01, 1e-15);
  }
}

TEST(Corruption, RefusesWhatCanNotBe) {
  EXPECT_THROW((void)find_corruption_family("blurr"), InvalidArgument);
  EXPECT_THROW((void)of("gaussian", {{"blur-sigma-max", 20}}), InvalidArgument);
  EXPECT_THROW((void)of("blur", {{"blur-sigma-min", 1}}), InvalidArgument);
  EXPECT_THROW((void)of("blur", {{"blur-sigma-max", 0}}), InvalidArgument);
  EXPECT_THROW((void)of("blur", {{"blur-min-scale", 1}}), InvalidArgument);
  EXPECT_THROW((void)of("heat", {{"blur-sigma-max", 0.4}}), InvalidArgument);
  EXPECT_THROW((void)of("heat", {{"blur-sigma-max", std::nan("")}}), InvalidArgument);
}

}  // namespace
}  // namespace qsample
