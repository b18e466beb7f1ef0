#include "pipeline/noise_image.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "pictures.h"
#include "qsample/noise.h"

namespace qsample {
namespace {

Image noised(const Image& clean, const NoisePath& path, int t, int depth = 0, int workers = 1) {
  return noise_image(clean, path, t, depth == 0 ? clean.depth() : depth, {}, {.workers = workers})
      .image;
}

class EachLayout : public ::testing::TestWithParam<std::tuple<int, int, bool>> {
 protected:
  static Image clean(int width = 301, int height = 97) {
    const auto [depth, channels, alpha] = GetParam();
    return depth == 8 ? picture<std::uint8_t>(width, height, channels, alpha)
                      : picture<std::uint16_t>(width, height, channels, alpha);
  }
};
INSTANTIATE_TEST_SUITE_P(, EachLayout,
                         ::testing::Combine(::testing::Values(8, 16), ::testing::Values(1, 3),
                                            ::testing::Bool()));

TEST_P(EachLayout, TimestepZeroIsTheImageItself) {
  const auto schedule = make_schedule({});
  for (const PathKind kind : {PathKind::shared, PathKind::markov, PathKind::independent}) {
    const PhiloxNoise noise(1);
    const NoisePath path(schedule, noise, kind);
    EXPECT_TRUE(same_pixels(noised(clean(), path, 0), clean()));
  }
}

TEST_P(EachLayout, ThreadsDoNotChangeAPixel) {
  const auto schedule = make_schedule({});
  const PhiloxNoise noise(1);
  const NoisePath path(schedule, noise, PathKind::markov);
  const Image one = noised(clean(), path, 300);
  EXPECT_TRUE(same_pixels(noised(clean(), path, 300, 0, 3), one));
  EXPECT_FALSE(same_pixels(one, clean()));
}

// The whole definition, from pixel to pixel, one sample at a time.
TEST_P(EachLayout, IsTheDefinition) {
  const auto schedule = make_schedule({.name = "cosine"});
  const PhiloxNoise noise(99);
  const NoisePath path(schedule, noise, PathKind::shared);
  const Image before = clean(31, 17);
  const Image after = noised(before, path, 40);
  std::vector<float> eps(before.samples());
  gaussian_noise({99, 0}, 0, eps);
  std::visit(
      [&]<class P>(const P& from) {
        const auto& to = std::get<P>(after.planes);
        EXPECT_EQ(to.alpha, from.alpha);
        const double max = std::get<0>(GetParam()) == 8 ? 255 : 65535;
        int off = 0;
        for (std::size_t i = 0; i < eps.size(); ++i) {
          const double x = 2 * from.colour[i] / max - 1;
          const double xt =
              schedule.alpha(40) * x + schedule.sigma(40) * static_cast<double>(eps[i]);
          const double v = std::clamp(std::nearbyint((xt + 1) * max / 2), 0.0, max);
          EXPECT_NEAR(to.colour[i], v, 1);
          off += to.colour[i] == v ? 0 : 1;
        }
        // float32 against float64 moves a value over a rounding edge now and then.
        EXPECT_LE(off, max > 255 ? 60 : 2);
      },
      before.planes);
}

TEST(NoiseImage, DepthOfTheOutputIsAChoice) {
  const auto schedule = make_schedule({});
  const PhiloxNoise noise(1);
  const NoisePath path(schedule, noise, PathKind::shared);
  const Image clean = picture<std::uint8_t>(40, 30, 3, true);
  const Image deep = noised(clean, path, 0, 16);
  ASSERT_EQ(deep.depth(), 16);
  const auto& from = std::get<0>(clean.planes);
  const auto& to = std::get<1>(deep.planes);
  for (std::size_t i = 0; i < from.colour.size(); ++i)
    ASSERT_EQ(to.colour[i], from.colour[i] * 257);
  for (std::size_t i = 0; i < from.alpha.size(); ++i) ASSERT_EQ(to.alpha[i], from.alpha[i] * 257);
  EXPECT_TRUE(same_pixels(noised(deep, path, 0, 8), clean));
}

TEST(NoiseImage, FloatsAreXtItselfAndNothingIsClipped) {
  const auto schedule = make_schedule({});
  const PhiloxNoise noise(1);
  const NoisePath path(schedule, noise, PathKind::shared);
  const Image clean = picture<std::uint8_t>(40, 30, 3, false);
  const Frame frame = noise_image(clean, path, 600, 32, {});
  EXPECT_EQ(frame.clipped, 0U);
  std::vector<float> eps(clean.samples());
  gaussian_noise({1, 0}, 0, eps);
  const auto& xt = std::get<2>(frame.image.planes).colour;
  float greatest = 0;
  for (std::size_t i = 0; i < xt.size(); ++i) {
    const double x0 = 2 * std::get<0>(clean.planes).colour[i] / 255.0 - 1;
    ASSERT_NEAR(xt[i], schedule.alpha(600) * x0 + schedule.sigma(600) * static_cast<double>(eps[i]),
                1e-6);
    greatest = std::max(greatest, std::abs(xt[i]));
  }
  EXPECT_GT(greatest, 2);
}

TEST(NoiseImage, ARangeSpreadsXtOverTheIntegersAndCountsWhatIsOutside) {
  const auto schedule = make_schedule({});
  const PhiloxNoise noise(1);
  const NoisePath path(schedule, noise, PathKind::shared);
  const Image clean = picture<std::uint8_t>(200, 150, 3, false);
  const Image floats = noise_image(clean, path, 600, 32, {}).image;
  const Frame wide = noise_image(clean, path, 600, 16, {-8, 8});
  EXPECT_EQ(wide.clipped, 0U);
  const Frame narrow = noise_image(clean, path, 600, 16, {});
  std::size_t outside = 0;
  for (std::size_t i = 0; i < clean.samples(); ++i) {
    const float xt = std::get<2>(floats.planes).colour[i];
    outside += std::abs(xt) > 1 ? 1 : 0;
    ASSERT_NEAR(std::get<1>(wide.image.planes).colour[i] / 65535.0 * 16 - 8, xt, 16 / 65535.0);
  }
  EXPECT_EQ(narrow.clipped, outside);
  EXPECT_GT(outside, 0U);
}

TEST(NoiseImage, AlphaDoesNotShiftTheNoise) {
  const auto schedule = make_schedule({});
  const PhiloxNoise noise(1);
  const NoisePath path(schedule, noise, PathKind::shared);
  Image image = picture<std::uint8_t>(40, 30, 3, true);
  const Image with = noised(image, path, 500);
  std::get<0>(image.planes).alpha.clear();
  const Image without = noised(image, path, 500);
  EXPECT_EQ(std::get<0>(with.planes).colour, std::get<0>(without.planes).colour);
}

TEST(NoiseImage, EndsSoonWhenTold) {
  const auto schedule = make_schedule({});
  const PhiloxNoise noise(1);
  const NoisePath path(schedule, noise, PathKind::shared);
  const std::atomic<bool> stop{true};
  EXPECT_THROW((void)noise_image(picture<std::uint8_t>(40, 30, 3, false), path, 1, 8, {},
                                 {.workers = 2, .stop = &stop}),
               Interrupted);
}

}  // namespace
}  // namespace qsample
