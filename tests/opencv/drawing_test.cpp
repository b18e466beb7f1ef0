#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "opencv/drawing/canvas.h"
#include "opencv/drawing/lettering.h"
#include "pipeline/view.h"
#include "qsample/image_io.h"

namespace qsample {
namespace {

constexpr Colour kWhite = {255, 255, 255};
constexpr Colour kBlack = {0, 0, 0};

const std::vector<std::uint8_t>& rgb(const Image& image) {
  return std::get<Planes<std::uint8_t>>(image.planes).colour;
}

// Black on white, in pixels that are wholly black.
double ink(const Image& image) {
  return std::accumulate(rgb(image).begin(), rgb(image).end(), 0.0,
                         [](double sum, std::uint8_t v) { return sum + (255 - v) / 255.0; }) /
         3;
}

double ink_of(const std::string& text, double size, Point at) {
  Canvas canvas(400, 200, kWhite);
  canvas.text(at, text, {size, kBlack});
  return ink(canvas.image());
}

TEST(Lettering, CoversAsMuchAtEverySizeAndPlace) {
  // What a text covers is an area: it grows with the square of its size, wherever it stands.
  const double area = ink_of("t = 250", 56, {20, 100}) / (56.0 * 56.0);
  for (const double size : {9.0, 12.5, 14.0, 28.0, 80.0}) {
    for (const double x : {20.0, 20.25, 20.7}) {
      EXPECT_NEAR(ink_of("t = 250", size, {x, 100}) / (size * size), area, 0.02 * area)
          << size << " at " << x;
    }
  }
}

TEST(Lettering, WidthGrowsWithTheSizeAndDigitsAreAlike) {
  EXPECT_NEAR(text_width("alpha", 40), 4 * text_width("alpha", 10), 0.1);
  EXPECT_EQ(text_width("111", 17), text_width("888", 17));
  EXPECT_LT(text_width("AV", 40), text_width("A", 40) + text_width("V", 40));  // kerned
  EXPECT_EQ(text_width("", 40), 0);
}

TEST(Lettering, UnknownCharactersAndBytesThatAreNoneAreDrawnAsABox) {
  const double box = text_width("\xEF\xBF\xBD", 20);
  EXPECT_GT(box, 0);
  EXPECT_EQ(text_width("\xE7\x8C\xAB", 20), box);  // 猫
  EXPECT_EQ(text_width("\xFF", 20), box);
}

TEST(Lettering, IsCutOffOutsideThePicture) {
  Canvas canvas(20, 20, kWhite);
  canvas.text({-10, 5}, "WWWWW", {30, kBlack});
  canvas.text({15, 200}, "W", {30, kBlack});
  EXPECT_GT(ink(canvas.image()), 0);
}

TEST(Lettering, HasTheSamePixelsEverywhere) {
  Canvas canvas(260, 40, kWhite);
  canvas.text({3.3, 25}, "log SNR = −4.05, σ = 0.99", {19.5, {20, 30, 40}});
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const std::uint8_t v : rgb(canvas.image())) hash = (hash ^ v) * 1099511628211U;
  EXPECT_EQ(hash, 7755857188593223888U);
}

TEST(Canvas, LinesCoverTheirLengthTimesTheirWidth) {
  for (const double width : {1.0, 1.5, 2.25, 5.0}) {
    Canvas canvas(200, 100, kWhite);
    const std::vector<Point> points = {{20, 50}, {180, 50}};
    canvas.line(points, width, kBlack);
    // Round ends besides; the width holds to a fifth of a pixel.
    const double area = 160 * width + std::acos(-1.0) * width * width / 4;
    EXPECT_NEAR(ink(canvas.image()), area, 160 * 0.2) << width;
  }
}

TEST(Canvas, PlacesImagesOverWhatIsThere) {
  Canvas canvas(4, 1, kWhite);
  Image grey{2, 1, 1, Planes<std::uint8_t>{{10, 20}, {255, 0}}};
  canvas.place(1, 0, grey);
  canvas.place(3, 0, grey);
  EXPECT_EQ(rgb(canvas.image()),
            (std::vector<std::uint8_t>{255, 255, 255, 10, 10, 10, 255, 255, 255, 10, 10, 10}));
}

Image counting(int width, int height, int channels) {
  Image image{width, height, channels, {}};
  Planes<std::uint16_t> planes;
  for (std::size_t i = 0; i < image.samples(); ++i) {
    planes.colour.push_back(static_cast<std::uint16_t>(37 * i % 1009));
  }
  for (std::size_t i = 0; i < image.pixels(); ++i) {
    planes.alpha.push_back(static_cast<std::uint16_t>(i));
  }
  image.planes = std::move(planes);
  return image;
}

std::size_t index(int pixel, int channel, int channels) {
  return static_cast<std::size_t>(pixel) * static_cast<std::size_t>(channels) +
         static_cast<std::size_t>(channel);
}

TEST(View, HalfTheSizeIsTheMeanOfFourPixels) {
  for (const int channels : {1, 3, 4, 5}) {
    const Image image = counting(6, 4, channels);
    const Frame small = viewed({image, 7}, {3, 9, ViewFilter::automatic});
    ASSERT_EQ(small.image.width, 3);
    ASSERT_EQ(small.image.height, 2);
    EXPECT_EQ(small.clipped, 7U);
    EXPECT_EQ(small.noised, image.samples());
    const auto& from = std::get<Planes<std::uint16_t>>(image.planes).colour;
    const auto& to = std::get<Planes<std::uint16_t>>(small.image.planes);
    ASSERT_EQ(to.alpha.size(), 6U);
    for (int y = 0; y < 2; ++y) {
      for (int x = 0; x < 3; ++x) {
        for (int c = 0; c < channels; ++c) {
          const auto at = [&](int u, int v) { return from[index(v * 6 + u, c, channels)]; };
          const double mean = (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) +
                               at(2 * x + 1, 2 * y + 1)) /
                              4.0;
          EXPECT_NEAR(to.colour[index(y * 3 + x, c, channels)], mean, 0.5);
        }
      }
    }
  }
}

TEST(View, LargerRepeatsPixelsAndTheSameSizeIsLeftAlone) {
  const Image image = counting(3, 2, 3);
  const Frame large = viewed({image}, {9, 6, ViewFilter::automatic});
  const auto& from = std::get<Planes<std::uint16_t>>(image.planes).colour;
  const auto& to = std::get<Planes<std::uint16_t>>(large.image.planes).colour;
  for (std::size_t y = 0; y < 6; ++y) {
    for (std::size_t x = 0; x < 9; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        ASSERT_EQ(to[(y * 9 + x) * 3 + c], from[(y / 3 * 3 + x / 3) * 3 + c]);
      }
    }
  }
  EXPECT_FALSE(large.image.reader.empty());
  const Frame same = viewed({image}, {3, 100, ViewFilter::lanczos});
  EXPECT_TRUE(same.image.reader.empty());
}

TEST(View, FitsInBothSidesAndIsNeverEmpty) {
  const auto size = [](View view) {
    const Frame frame = viewed({counting(60, 1, 1)}, view);
    return std::pair(frame.image.width, frame.image.height);
  };
  EXPECT_EQ(size({30, 30}), std::pair(30, 1));
  EXPECT_EQ(size({600, 5}), std::pair(300, 5));
}

TEST(View, MemoryIsThatOfTheScaledSamples) {
  const Image image = counting(60, 30, 3);
  EXPECT_EQ(view_memory(image, 16, {}), 0U);
  EXPECT_EQ(view_memory(image, 16, {20, 20}), 20U * 10 * 4 * 2);
}

}  // namespace
}  // namespace qsample
