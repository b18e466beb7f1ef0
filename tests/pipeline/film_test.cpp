// Films below the command: which frames are shown, raw frames, forms by their endings, records.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/jobs/shots.h"
#include "pipeline/outputs/film/ffmpeg_words.h"
#include "pipeline/outputs/film/film_form.h"
#include "pipeline/outputs/film/raw_frame.h"
#include "pipeline/record/record.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// "0*3 5 7*2".
std::string text_of(const std::vector<Shot>& shots) {
  std::string text;
  for (const Shot& shot : shots) {
    if (!text.empty()) text += ' ';
    text += std::to_string(shot.t);
    if (shot.times == 1) continue;
    text += '*';
    text += std::to_string(shot.times);
  }
  return text;
}

TEST(Shots, AreHeldAtTheEndsAndGoBack) {
  const std::vector<int> ts = {0, 1, 1, 5, 9};
  EXPECT_EQ(text_of(shots_of(ts, {})), "0 1*2 5 9");
  EXPECT_EQ(text_of(shots_of(ts, {.fps = 10, .hold = 0.5})), "0*6 1*2 5 9*6");
  EXPECT_EQ(text_of(shots_of(ts, {.boomerang = true})), "0 1*2 5 9 5 1*2 0");
  EXPECT_EQ(text_of(shots_of(ts, {.fps = 10, .hold = 0.3, .boomerang = true})),
            "0*4 1*2 5 9*4 5 1*2 0*4");
  EXPECT_EQ(shown_frames(shots_of(ts, {.fps = 10, .hold = 0.3, .boomerang = true})), 18U);
  // The sequence there and back is as long where the end repeats.
  EXPECT_EQ(text_of(shots_of(std::vector<int>{0, 9, 9}, {.boomerang = true})), "0 9*3 0");
  EXPECT_EQ(text_of(shots_of(std::vector<int>{4}, {.fps = 10, .hold = 1, .boomerang = true})),
            "4*11");
}

// The formulas of BT.601 and BT.709 in limited range.
std::array<double, 3> yuv(double r, double g, double b, LumaWeights w) {
  const double y = (w.red * r + (1 - w.red - w.blue) * g + w.blue * b) / 255;
  return {16 + 219 * y, 128 + 112 * (b / 255 - y) / (1 - w.blue),
          128 + 112 * (r / 255 - y) / (1 - w.red)};
}

TEST(RawFrames, AreTheNearestInYuv) {
  Planes<std::uint8_t> planes;
  for (int r = 0; r < 256; r += 15) {
    for (int g = 0; g < 256; g += 15) {
      for (int b = 0; b < 256; b += 15) {
        for (const int v : {r, g, b}) planes.colour.push_back(static_cast<std::uint8_t>(v));
      }
    }
  }
  const int pixels = static_cast<int>(planes.colour.size()) / 3;
  const Image image{pixels, 1, 3, planes};
  for (const LumaWeights weights : {kBt601, kBt709}) {
    std::vector<std::byte> bytes;
    put_yuv444(image, weights, bytes);
    ASSERT_EQ(bytes.size(), planes.colour.size());
    for (std::size_t i = 0; i < image.pixels(); ++i) {
      const auto* rgb = &planes.colour[3 * i];
      const auto exact = yuv(rgb[0], rgb[1], rgb[2], weights);
      for (std::size_t plane = 0; plane < 3; ++plane) {
        const int value = std::to_integer<int>(bytes[plane * image.pixels() + i]);
        EXPECT_NEAR(value, exact[plane], 0.51) << i << " plane " << plane;
        const bool is_grey = rgb[0] == rgb[1] && rgb[1] == rgb[2];
        EXPECT_TRUE(!is_grey || plane == 0 || value == 128) << i;
      }
    }
  }
}

TEST(RawFrames, OfGreyAreThatOfEachColour) {
  const Image grey{3, 1, 1, Planes<std::uint8_t>{{0, 100, 255}, {}}};
  std::vector<std::byte> bytes;
  put_grey(grey, bytes);
  EXPECT_EQ(bytes, (std::vector{std::byte{0}, std::byte{100}, std::byte{255}}));
  put_rgb(grey, bytes);
  ASSERT_EQ(bytes.size(), 9U);
  EXPECT_EQ(bytes[5], std::byte{100});
  put_yuv444(grey, kBt709, bytes);
  ASSERT_EQ(bytes.size(), 9U);
  EXPECT_EQ(bytes[0], std::byte{16});
  EXPECT_EQ(bytes[2], std::byte{235});
  EXPECT_EQ(bytes[8], std::byte{128});
}

TEST(FilmForms, AreToldByTheEnding) {
  for (const char* name : {"a.mp4", "a.MKV", "x/a.webm", "a.gif", "a.apng", "a.y4m"}) {
    EXPECT_TRUE(is_film(name, {})) << name;
  }
  for (const char* name : {"frames", "frames/", "a.mp4/", "/tmp", "a.b/c"}) {
    EXPECT_FALSE(is_film(name, {})) << name;
  }
  EXPECT_TRUE(is_film("-", {.format = "y4m"}));
  EXPECT_TRUE(is_film("frames", {.format = "mp4"}));
  EXPECT_FALSE(is_film("frames", {.format = "tiff"}));
  for (const char* name : {"-", "a.avi", "a.png", "a."}) {
    EXPECT_THROW((void)is_film(name, {}), InvalidArgument) << name;
  }
  EXPECT_THROW((void)is_film("a.mp4", {.format = "webm"}), InvalidArgument);
  EXPECT_THROW((void)is_film("a.mp4", {.format = "png"}), InvalidArgument);
  EXPECT_THROW((void)is_film("-", {.format = "mp4"}), InvalidArgument);
  EXPECT_THROW((void)is_film("/tmp", {.format = "mp4"}), InvalidArgument);
}

TEST(FilmForms, CountFramesInFractionsThatFitSixteenBits) {
  for (const double fps :
       {0.1, 0.333, 1.0, 5.9999, 6.0, 12.5, 23.976, 24.0, 29.97, 59.94, 60.0, 119.88, 240.0}) {
    const FrameRate rate = frame_rate(fps);
    EXPECT_LE(rate.frames, 65535) << fps;
    EXPECT_LE(rate.seconds, 65535) << fps;
    EXPECT_NEAR(static_cast<double>(rate.frames) / rate.seconds, fps, 0.005) << fps;
  }
  EXPECT_EQ(frame_rate(24).frames, 24);
  EXPECT_EQ(frame_rate(24).seconds, 1);
}

TEST(FfmpegMetadata, HidesWhatHasAMeaningThere) {
  EXPECT_EQ(ffmpeg_metadata("a=b;c#d\\e\nf"), ";FFMETADATA1\ncomment=a\\=b\\;c\\#d\\\\e\\\nf\n");
}

TEST(FilmRecords, AreReadAsTheyAreWritten) {
  const ForwardProcess process({.steps = 100});
  Source source;
  source.name = "cat.png";
  FilmMaking making{.ts = {0, 1, 1, 100}, .space = Space::log_snr};
  making.film = {.fps = 12.5, .hold = 0.25, .boomerang = true, .quality = 7, .compatible = true};
  const OutputOptions options{.range = {.automatic = true}};
  const auto frame = record_of({.process = process, .seed = 5, .source = source}, options, "mkv");
  const auto record = read_record(with_film(frame, making, options.range));
  EXPECT_TRUE(record.film.is_film());
  EXPECT_EQ(record.film.ts, making.ts);
  EXPECT_EQ(record.film.space, making.space);
  EXPECT_EQ(record.film.film.fps, 12.5);
  EXPECT_EQ(record.film.film.hold, 0.25);
  EXPECT_TRUE(record.film.film.boomerang);
  EXPECT_EQ(record.film.film.quality, 7);
  EXPECT_TRUE(record.film.film.compatible);
  EXPECT_FALSE(record.film.film.lossless);
  EXPECT_TRUE(record.options.range.automatic);
  // What qsample does not write is refused.
  for (const std::vector<int>& ts : {std::vector<int>{}, {5, 4}, {0, 101}, {-1}}) {
    making.ts = ts;
    EXPECT_THROW((void)read_record(with_film(frame, making, options.range)), Error);
  }
}

}  // namespace
}  // namespace qsample
