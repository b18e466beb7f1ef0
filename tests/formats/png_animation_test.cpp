// Animated PNG: its chunks as the specification has them, and each frame as the decoder reads it.

#include "formats/png/png_animation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/byte_order.h"
#include "files.h"
#include "formats/png/png_chunks.h"
#include "formats/png/png_encoder.h"
#include "pictures.h"
#include "qsample/image_io.h"

namespace qsample {
namespace {

struct Shown {
  Image image;
  std::size_t times;
};

std::vector<std::byte> animation(const std::vector<Shown>& shots, PngDelay delay = {1, 24},
                                 EncodeOptions options = {.extension = ".png"}) {
  std::size_t frames = 0;
  for (const Shown& shot : shots) frames += shot.times;
  std::vector<std::byte> file;
  PngAnimation writer(frames, delay, std::move(options),
                      [&](Bytes piece) { file.insert(file.end(), piece.begin(), piece.end()); });
  for (const Shown& shot : shots) writer.put(shot.image, shot.times);
  writer.finish();
  return file;
}

// Another picture of the same shape: every sample's bits turned.
template <class T>
Image turned(const Image& image) {
  Image other = image;
  for (T& v : std::get<Planes<T>>(other.planes).colour) v = static_cast<T>(~v);
  for (T& v : std::get<Planes<T>>(other.planes).alpha) v = static_cast<T>(~v);
  return other;
}

// A frame of the animation, put together to a PNG file of its own.
struct Taken {
  std::vector<std::byte> control;
  std::vector<std::byte> data;
};

std::vector<Taken> frames_of(const PngFile& png) {
  std::vector<Taken> frames;
  std::uint32_t sequence = 0;
  for (const PngChunk& chunk : png.chunks) {
    if (chunk.type == "fcTL") {
      EXPECT_EQ(read_big_endian(chunk.data, 0), sequence++);
      EXPECT_EQ(chunk.data.size(), 26U);
      frames.push_back({{chunk.data.begin(), chunk.data.end()}, {}});
    } else if (chunk.type == "fdAT") {
      EXPECT_EQ(read_big_endian(chunk.data, 0), sequence++);
      frames.back().data.insert(frames.back().data.end(), chunk.data.begin() + 4, chunk.data.end());
    } else if (chunk.type == "IDAT") {
      frames.back().data.insert(frames.back().data.end(), chunk.data.begin(), chunk.data.end());
    }
  }
  return frames;
}

Image image_of(const PngFile& png, const Taken& frame) {
  std::vector<std::byte> file;
  const Sink sink = [&](Bytes piece) { file.insert(file.end(), piece.begin(), piece.end()); };
  for (const char c : kPngSignature) file.push_back(static_cast<std::byte>(c));
  std::vector<std::byte> header(png.chunks.front().data.begin(), png.chunks.front().data.end());
  std::copy_n(frame.control.begin() + 4, 8, header.begin());
  put_png_chunk("IHDR", header, {}, sink);
  put_png_chunk("IDAT", {}, frame.data, sink);
  put_png_chunk("IEND", {}, {}, sink);
  return decode_image(file, "frame");
}

template <class T>
void expect_frames(int channels, bool alpha) {
  const Image one = picture<T>(37, 23, channels, alpha);
  const Image two = turned<T>(one);
  const auto file = animation({{one, 1}, {two, 3}, {one, 2}}, {125, 2997});
  const PngFile png = read_png_chunks(file);
  const PngChunk* control = png.find("acTL");
  ASSERT_NE(control, nullptr);
  EXPECT_LT(control, png.find("IDAT"));
  EXPECT_EQ(read_big_endian(control->data, 0), 6U);
  EXPECT_EQ(read_big_endian(control->data, 4), 0U);
  const auto frames = frames_of(png);
  ASSERT_EQ(frames.size(), 6U);
  const std::size_t whole[] = {0, 1, 4};
  const Image* wanted[] = {&one, &two, &one};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(same_pixels(image_of(png, frames[whole[i]]), *wanted[i])) << i;
  }
  // Shown again: the first pixel, once more.
  for (const std::size_t again : {2, 3, 5}) {
    const Image pixel = image_of(png, frames[again]);
    EXPECT_EQ(pixel.pixels(), 1U);
    const auto& planes = std::get<Planes<T>>(pixel.planes);
    const auto& of = std::get<Planes<T>>((again == 5 ? one : two).planes);
    EXPECT_TRUE(std::equal(planes.colour.begin(), planes.colour.end(), of.colour.begin()));
    EXPECT_TRUE(std::equal(planes.alpha.begin(), planes.alpha.end(), of.alpha.begin()));
  }
  for (const Taken& frame : frames) {
    const Bytes fields = frame.control;
    EXPECT_EQ(read_big_endian(fields, 12), 0U);  // at the left
    EXPECT_EQ(read_big_endian(fields, 16), 0U);  // and the top
    EXPECT_EQ(read_big_endian(fields, 20, 2), 125U);
    EXPECT_EQ(read_big_endian(fields, 22, 2), 2997U);
    EXPECT_EQ(read_big_endian(fields, 24, 2), 0U);  // it stays, and replaces what was there
  }
  // For our reader, and any that knows no animations, it is the first frame.
  std::string warning;
  const Image first =
      decode_image(file, "film", {.warn = [&](const std::string& text) { warning = text; }});
  EXPECT_TRUE(same_pixels(first, one));
  EXPECT_EQ(warning, "film: it is animated, in 6 frames; the image that stands for them is taken");
}

TEST(PngAnimation, HasTheFramesOfEachKind) {
  expect_frames<std::uint8_t>(1, false);
  expect_frames<std::uint8_t>(3, false);
  expect_frames<std::uint8_t>(1, true);
  expect_frames<std::uint8_t>(3, true);
  expect_frames<std::uint16_t>(1, true);
  expect_frames<std::uint16_t>(3, false);
  expect_frames<std::uint16_t>(3, true);
}

TEST(PngAnimation, CarriesTheRecordAndIsTheSameFromAnyNumberOfThreads) {
  const Image image = picture<std::uint8_t>(700, 500, 3, false);
  EncodeOptions options{.extension = ".png", .record = R"({"a":1})"};
  const auto one = animation({{image, 1}, {turned<std::uint8_t>(image), 1}}, {1, 24}, options);
  EXPECT_EQ(record_in(one, "film"), options.record);
  options.run.workers = 5;
  EXPECT_EQ(animation({{image, 1}, {turned<std::uint8_t>(image), 1}}, {1, 24}, options), one);
}

TEST(PngAnimation, OfOneFrameIsOneAsWell) {
  const Image image = picture<std::uint8_t>(5, 4, 3, false);
  const auto file = animation({{image, 1}});
  EXPECT_EQ(frames_of(read_png_chunks(file)).size(), 1U);
  EXPECT_TRUE(same_pixels(decode_image(file, "film"), image));
}

}  // namespace
}  // namespace qsample
