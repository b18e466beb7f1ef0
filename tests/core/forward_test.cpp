#include "qsample/forward.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/targets.h"
#include "qsample/error.h"
#include "qsample/noise.h"
#include "qsample/pixels.h"

namespace qsample {
namespace {

template <class T>
std::vector<T> every_value() {
  std::vector<T> values(std::size_t{std::numeric_limits<T>::max()} + 1);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i);
  return values;
}

template <class T>
class Pixels : public ::testing::Test {};
using Depths = ::testing::Types<std::uint8_t, std::uint16_t>;
TYPED_TEST_SUITE(Pixels, Depths);

TYPED_TEST(Pixels, EveryValueComesBack) {
  on_every_target([] {
    const auto values = every_value<TypeParam>();
    std::vector<float> x(values.size());
    pixels_to_x(values, x);
    EXPECT_EQ(x.front(), -1.0F);
    EXPECT_EQ(x.back(), 1.0F);
    std::vector<TypeParam> back(values.size());
    x_to_pixels(x, back);
    EXPECT_EQ(back, values);
  });
}

TYPED_TEST(Pixels, AreWithinAFloatOfTheDefinition) {
  const auto values = every_value<TypeParam>();
  std::vector<float> x(values.size());
  pixels_to_x(values, x);
  const double max = std::numeric_limits<TypeParam>::max();
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_NEAR(x[i], 2 * static_cast<double>(i) / max - 1, 1.2e-7);
  }
}

TYPED_TEST(Pixels, RoundHalfToEvenAndClamp) {
  on_every_target([] {
    const double max = std::numeric_limits<TypeParam>::max();
    const float inf = std::numeric_limits<float>::infinity();
    std::vector<float> x = {-1.5F, 1.5F, -inf, inf, 1e30F, -1e30F, 0.0F};
    // Floats whose scaled value is an exact half, found by search, and everything around them.
    for (int i = -4096; i < 4096; ++i) x.push_back(static_cast<float>(i) * 0x1p-12F);
    std::vector<TypeParam> pixels(x.size());
    x_to_pixels(x, pixels);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float scaled = (x[i] + 1.0F) * static_cast<float>(max / 2);
      const double expected =
          std::min(std::max(std::nearbyint(static_cast<double>(scaled)), 0.0), max);
      ASSERT_EQ(pixels[i], expected) << x[i];
    }
  });
}

// From floats in memory and from registers, at starts and lengths within and across groups.
TYPED_TEST(Pixels, AreNoisedInOnePassAsInFour) {
  on_every_target([] {
    const Mix mix{0.7239374101573703, 0.6898656580629589};
    const auto values = every_value<TypeParam>();
    for (const Range range : {Range{}, Range{-2.5F, 3}}) {
      for (const std::uint64_t first : {0ULL, 5ULL, 64ULL, 1ULL << 40}) {
        for (const std::size_t count : {0U, 1U, 59U, 64U, 200U, 256U}) {
          for (std::size_t at = 0; at < values.size(); at += 4001) {
            const auto begin =
                values.begin() + static_cast<std::ptrdiff_t>(std::min(at, values.size() - count));
            std::vector<TypeParam> fused(begin, begin + static_cast<std::ptrdiff_t>(count));
            std::vector<float> x(count);
            std::vector<float> eps(count);
            std::vector<TypeParam> apart(count);
            pixels_to_x(fused, x);
            gaussian_noise({7, 250}, first, eps);
            q_sample(x, eps, mix, x);
            const std::size_t clipped = x_to_pixels(x, apart, range);
            ASSERT_EQ(noise_pixels({7, 250}, first, mix, range, fused), clipped);
            ASSERT_EQ(fused, apart) << "first " << first << " count " << count;
          }
        }
      }
    }
  });
}

TEST(QSample, IsTwoRoundedProductsAndARoundedSumOnEveryInstructionSet) {
  on_every_target([] {
    for (const std::size_t n : {0U, 1U, 7U, 16U, 10007U}) {
      std::vector<float> x0(n);
      std::vector<float> eps(n);
      std::vector<float> xt(n);
      gaussian_noise({1, 0}, 0, x0);
      gaussian_noise({2, 0}, 0, eps);
      const Mix mix{0.7239374101573703, 0.6898656580629589};
      q_sample(x0, eps, mix, xt);
      for (std::size_t i = 0; i < n; ++i) {
        const float signal = static_cast<float>(mix.x0) * x0[i];
        const float noise = static_cast<float>(mix.eps) * eps[i];
        ASSERT_EQ(xt[i], signal + noise);
      }
      q_sample(x0, eps, mix, x0);  // in place
      EXPECT_EQ(x0, xt);
    }
  });
}

TEST(QSample, RefusesArraysOfDifferentLength) {
  std::vector<float> three(3);
  std::vector<float> four(4);
  EXPECT_THROW(q_sample(three, four, {1, 0}, three), InvalidArgument);
  EXPECT_THROW(q_sample(three, three, {1, 0}, four), InvalidArgument);
}

}  // namespace
}  // namespace qsample
