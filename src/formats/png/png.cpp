// PNG: read by a decoder and written by an encoder of our own, the latter made for noise.

#include <string>
#include <utility>

#include "base/byte_order.h"
#include "formats/png/png_annotations.h"
#include "formats/png/png_chunks.h"
#include "formats/png/png_decoder.h"
#include "formats/png/png_encoder.h"
#include "image/codec.h"
#include "image/exif.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".png"};
constexpr int kDepths[] = {8, 16};

bool sniff(Bytes head) { return has_text(head, 0, kPngSignature); }

// Refuses what is too large, before there is memory for it.
void check_header(const PngFile& png, int orientation, const DecodeOptions& options) {
  const auto width = static_cast<std::size_t>(png.header.width);
  const auto height = static_cast<std::size_t>(png.header.height);
  check_size(width, height, options);
  check_frame(1, options);
  options.reserve(png_footprint(png, orientation, options));
  if (const PngChunk* animation = png.find("acTL"); animation && animation->data.size() == 8) {
    options.warn("it is animated, in " + std::to_string(read_big_endian(animation->data, 0)) +
                 " frames; the image that stands for them is taken");
  }
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  const PngFile png = read_png_chunks(file);
  // Before the image data, with which the file may go.
  auto [annotations, orientation] = read_annotations(png, options);
  check_header(png, orientation, options);
  std::string damage;
  if (png.size != file.size()) damage = tolerated(kTrailing, options);
  Decoded out{decode_png(png, options), orientation};
  out.image.annotations = std::move(annotations);
  out.image.damage = std::move(damage);
  return out;
}

std::string record(Bytes file) { return png_record(sound_png_chunks(file)); }

}  // namespace

constinit const Codec kPng = {.name = "PNG",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .alpha = true,
                              .sniff = sniff,
                              .extent = png_extent,
                              .decode = decode,
                              .encode = encode_png,
                              .record = record};

}  // namespace qsample
