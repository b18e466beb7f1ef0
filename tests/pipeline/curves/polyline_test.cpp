// Lines: what is cut off, what is left out, what is dashed.
#include "pipeline/plot/polyline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace qsample::plot {
namespace {

double distance(Point a, Point b) { return std::hypot(b.x - a.x, b.y - a.y); }

// Of a point from a whole line, by looking at all of it.
double distance_to(Point p, const Polyline& line) {
  double least = distance(p, line.front());
  for (std::size_t i = 1; i < line.size(); ++i) {
    constexpr int kParts = 2000;
    for (int k = 0; k <= kParts; ++k) {
      const double share = static_cast<double>(k) / kParts;
      const Point at{line[i - 1].x + share * (line[i].x - line[i - 1].x),
                     line[i - 1].y + share * (line[i].y - line[i - 1].y)};
      least = std::min(least, distance(p, at));
    }
  }
  return least;
}

double length(const Polyline& line) {
  double sum = 0;
  for (std::size_t i = 1; i < line.size(); ++i) sum += distance(line[i - 1], line[i]);
  return sum;
}

TEST(Polyline, SimplifiedStaysWithinItsTolerance) {
  Polyline wave;
  for (int i = 0; i <= 2000; ++i) wave.push_back({0.1 * i, 40 * std::sin(0.05 * i)});
  const Polyline few = simplified(wave, 0.05);
  EXPECT_LT(few.size(), wave.size() / 4);
  EXPECT_EQ(few.front().x, wave.front().x);
  EXPECT_EQ(few.back().x, wave.back().x);
  for (std::size_t i = 0; i < wave.size(); i += 7) EXPECT_LT(distance_to(wave[i], few), 0.06);
}

TEST(Polyline, SimplifiedKeepsExtremesOfManyPointsInOnePlace) {
  // A spike, one of a million points, that is far narrower than a pixel.
  Polyline line;
  constexpr int kCount = 1'000'000;
  for (int i = 0; i < kCount; ++i) line.push_back({i * 100.0 / kCount, i == 400'321 ? 50.0 : 10.0});
  line[700'123].y = -30;
  const Polyline few = simplified(line, 0.05);
  EXPECT_LT(few.size(), 20U);
  const auto [least, most] =
      std::minmax_element(few.begin(), few.end(), [](Point a, Point b) { return a.y < b.y; });
  EXPECT_EQ(least->y, -30);
  EXPECT_EQ(most->y, 50);
}

TEST(Polyline, SimplifiedLeavesStraightLinesTwoPoints) {
  Polyline line;
  for (int i = 0; i <= 1000; ++i) line.push_back({0.3 * i, 0.1 * i});
  EXPECT_EQ(simplified(line, 0.05).size(), 2U);
  EXPECT_EQ(simplified({{1, 2}}, 0.05).size(), 1U);
}

TEST(Polyline, ClippedEndsAtTheEdges) {
  const auto pieces = clipped({{0, -10}, {10, 10}, {20, 30}, {30, 10}}, 0, 20);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_NEAR(pieces[0].front().x, 5, 1e-12);
  EXPECT_NEAR(pieces[0].back().x, 15, 1e-12);
  EXPECT_NEAR(pieces[0].back().y, 20, 1e-12);
  EXPECT_NEAR(pieces[1].front().x, 25, 1e-12);
  EXPECT_EQ(pieces[1].back().x, 30);
  // All of it inside, in one piece; none of it; the very edge.
  EXPECT_EQ(clipped({{0, 5}, {1, 6}, {2, 5}}, 0, 20).size(), 1U);
  EXPECT_EQ(clipped({{0, 5}, {1, 6}, {2, 5}}, 0, 20)[0].size(), 3U);
  EXPECT_TRUE(clipped({{0, 25}, {1, 26}}, 0, 20).empty());
  EXPECT_EQ(clipped({{0, 20}, {1, 20}}, 0, 20).size(), 1U);
}

TEST(Polyline, ClippedIsPartedByWhatIsInfinite) {
  const auto pieces = clipped({{0, -INFINITY}, {1, 5}, {2, 6}, {3, INFINITY}, {4, 7}}, 0, 20);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].size(), 2U);
  EXPECT_EQ(pieces[0].front().x, 1);
  ASSERT_EQ(pieces[1].size(), 1U) << "a point alone";
  EXPECT_EQ(pieces[1].front().x, 4);
  EXPECT_TRUE(clipped({{0, NAN}, {1, NAN}}, 0, 20).empty());
}

TEST(Polyline, DashesAreAsLongAsTheirPattern) {
  const Polyline line = {{0, 0}, {7, 0}, {7, 24}, {40, 24}};
  const auto dashes = dashed(line, {5, 3});
  double drawn = 0;
  for (std::size_t i = 0; i + 1 < dashes.size(); ++i) {
    EXPECT_NEAR(length(dashes[i]), 5, 1e-9);
    drawn += 5;
  }
  EXPECT_EQ(dashes.size(), static_cast<std::size_t>(length(line) / 8));
  EXPECT_NEAR(drawn + length(dashes.back()), 5 * length(line) / 8, 1e-9);
  EXPECT_EQ(dashed(line, {}).size(), 1U);
}

}  // namespace
}  // namespace qsample::plot
