// Colours that the colour-blind tell apart, by a model of their sight (Machado et al. 2009,
// severity 1) and distances in Oklab.
#include "pipeline/plot/theme.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

namespace qsample::plot {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

constexpr Matrix kSights[] = {
    {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {{{0.152286, 1.052583, -0.204868},
      {0.114503, 0.786281, 0.099216},
      {-0.003882, -0.048116, 1.051998}}},
    {{{0.367322, 0.860646, -0.227968},
      {0.280085, 0.672501, 0.047413},
      {-0.011820, 0.042940, 0.968881}}},
    {{{1.255528, -0.076749, -0.178779},
      {-0.078411, 0.930809, 0.147602},
      {0.004733, 0.691367, 0.303900}}},
};
constexpr Matrix kToCones = {{{0.4122214708, 0.5363325363, 0.0514459929},
                              {0.2119034982, 0.6806995451, 0.1073969566},
                              {0.0883024619, 0.2817188376, 0.6299787005}}};
constexpr Matrix kToLab = {{{0.2104542553, 0.7936177850, -0.0040720468},
                            {1.9779984951, -2.4285922050, 0.4505937099},
                            {0.0259040371, 0.7827717662, -0.8086757660}}};

Vector times(const Matrix& matrix, const Vector& v) {
  Vector out{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 3; ++k) out[i] += matrix[i][k] * v[k];
  }
  return out;
}

Vector linear(std::uint32_t rgb) {
  Vector out{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double c = ((rgb >> (16 - 8 * i)) & 0xFFU) / 255.0;
    out[i] = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  }
  return out;
}

Vector oklab(Vector colour) {
  for (double& c : colour) c = std::min(std::max(c, 0.0), 1.0);
  Vector cones = times(kToCones, colour);
  for (double& c : cones) c = std::cbrt(c);
  return times(kToLab, cones);
}

double difference(std::uint32_t a, std::uint32_t b, const Matrix& sight) {
  const Vector u = oklab(times(sight, linear(a)));
  const Vector v = oklab(times(sight, linear(b)));
  return std::hypot(u[0] - v[0], u[1] - v[1], u[2] - v[2]);
}

double contrast(std::uint32_t a, std::uint32_t b) {
  const auto light = [](std::uint32_t rgb) {
    const Vector c = linear(rgb);
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] + 0.05;
  };
  return std::max(light(a), light(b)) / std::min(light(a), light(b));
}

TEST(Theme, CurvesDifferForEveryKindOfSight) {
  for (const Palette& palette : {kLight, kDark}) {
    for (std::size_t i = 0; i < std::size(palette.curves); ++i) {
      EXPECT_GE(contrast(palette.curves[i], palette.paper), 2.95) << i;
      for (std::size_t k = 0; k < i; ++k) {
        for (const Matrix& sight : kSights) {
          EXPECT_GE(difference(palette.curves[i], palette.curves[k], sight), 0.095)
              << i << ' ' << k;
        }
      }
    }
    EXPECT_GE(contrast(palette.text, palette.paper), 7);
    EXPECT_GE(contrast(palette.muted, palette.paper), 4.5);
  }
}

TEST(Theme, ColourAndDashesTogetherTellManyCurvesApart) {
  std::set<std::pair<std::uint32_t, std::vector<double>>> all;
  std::set<std::vector<double>> dashes;
  for (std::size_t i = 0; i < 64; ++i) {
    all.emplace(kLight.colour({Ink::curve, i}), dashes_of(i, 2));
    if (i < 8) dashes.insert(dashes_of(i, 2));
  }
  EXPECT_EQ(all.size(), 64U);
  EXPECT_EQ(dashes.size(), 8U);
  EXPECT_TRUE(dashes_of(0, 2).empty());
}

}  // namespace
}  // namespace qsample::plot
