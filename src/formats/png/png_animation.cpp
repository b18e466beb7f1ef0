#include "formats/png/png_animation.h"

#include <utility>
#include <vector>

#include "base/byte_order.h"
#include "formats/png/png_annotations.h"
#include "formats/png/png_encoder.h"

namespace qsample {
namespace {

constexpr std::size_t kForEver = 0;  // times that it is played
// The frame stays until the next; it replaces what was there, alpha and all.
constexpr std::byte kStays{0};
constexpr std::byte kReplaces{0};

std::vector<std::byte> number(std::size_t value) {
  std::vector<std::byte> bytes;
  append_big_endian(bytes, value, 4);
  return bytes;
}

// The first pixel alone: with it in its place again, a frame is the one before it.
Image first_pixel(const Image& frame) {
  Image pixel{.width = 1, .height = 1, .channels = frame.channels, .planes = {}};
  std::visit(
      [&]<class T>(const Planes<T>& planes) {
        Planes<T> one;
        one.colour.assign(planes.colour.begin(), planes.colour.begin() + frame.channels);
        if (!planes.alpha.empty()) one.alpha.assign(1, planes.alpha.front());
        pixel.planes = std::move(one);
      },
      frame.planes);
  return pixel;
}

}  // namespace

PngAnimation::PngAnimation(std::size_t frames, PngDelay delay, EncodeOptions options, Sink sink)
    : frames_(frames), delay_(delay), options_(std::move(options)), sink_(std::move(sink)) {}

void PngAnimation::begin(const Image& frame) {
  std::vector<StoredChunk> chunks = annotation_chunks(frame, options_);
  StoredChunk control{"acTL", {}};
  append_big_endian(control.data, frames_, 4);
  append_big_endian(control.data, kForEver, 4);
  chunks.push_back(std::move(control));
  put_png_start(frame, chunks, sink_);
}

void PngAnimation::put_control(const Image& frame) {
  std::vector<std::byte> data = number(sequence_++);
  const auto width = static_cast<std::size_t>(frame.width);
  const auto height = static_cast<std::size_t>(frame.height);
  for (const std::size_t value : {width, height, std::size_t{0}, std::size_t{0}}) {
    append_big_endian(data, value, 4);
  }
  append_big_endian(data, delay_.numerator, 2);
  append_big_endian(data, delay_.denominator, 2);
  data.push_back(kStays);
  data.push_back(kReplaces);
  put_png_chunk("fcTL", data, {}, sink_);
}

void PngAnimation::put_data(const Image& frame) {
  put_png_pixels(frame, options_, [&](Bytes data) {
    if (has_begun_) {
      put_png_chunk("fdAT", number(sequence_++), data, sink_);
    } else {
      put_png_chunk("IDAT", {}, data, sink_);
    }
  });
  has_begun_ = true;
}

void PngAnimation::put(const Image& frame, std::size_t times) {
  if (!has_begun_) begin(frame);
  put_control(frame);
  put_data(frame);
  if (times < 2) return;
  const Image again = first_pixel(frame);
  for (std::size_t i = 1; i < times; ++i) {
    put_control(again);
    put_data(again);
  }
}

void PngAnimation::finish() { put_png_chunk("IEND", {}, {}, sink_); }

}  // namespace qsample
