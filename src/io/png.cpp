// PNG: most files are read by a decoder of our own, those with palettes, packed bits, transparent
// colours or interlaced rows by libspng; written by an encoder for noise.

#include <spng.h>

#include <cstdint>
#include <memory>

#include "io/codec.h"
#include "io/exif.h"
#include "io/png_annotations.h"
#include "io/png_chunks.h"
#include "io/png_decoder.h"
#include "io/png_encoder.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".png"};
constexpr int kDepths[] = {8, 16};
// Deflate makes no more of a byte than this.
constexpr std::size_t kMostInflated = 1032;

using Context = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

void check(int status) {
  if (status != SPNG_OK) throw Error(spng_strerror(status));
}

bool sniff(Bytes head) { return has_text(head, 0, kPngSignature); }

// For a file that was walked: its checksums are known to be right.
Context open(Bytes file) {
  Context context(spng_ctx_new(0), spng_ctx_free);
  if (!context) throw Error("out of memory");
  check(spng_set_crc_action(context.get(), SPNG_CRC_USE, SPNG_CRC_USE));
  check(spng_set_png_buffer(context.get(), file.data(), file.size()));
  return context;
}

template <class T>
Planes<T> decode_samples(spng_ctx* context, int format, int flags, std::size_t channels,
                         bool with_alpha) {
  std::size_t size = 0;
  check(spng_decoded_image_size(context, format, &size));
  std::vector<T> samples(size / sizeof(T));
  check(spng_decode_image(context, samples.data(), size, format, flags));
  if (with_alpha) return split_alpha(samples, channels);
  return {std::move(samples), {}};
}

// The layout to decode to: what the file has, with palettes and packed bits spread out.
spng_format decoded_format(const spng_ihdr& header, bool transparent_colour) {
  const bool deep = header.bit_depth == 16;
  switch (header.color_type) {
    case SPNG_COLOR_TYPE_GRAYSCALE:
      if (transparent_colour) return deep ? SPNG_FMT_GA16 : SPNG_FMT_GA8;
      return deep ? SPNG_FMT_PNG : SPNG_FMT_G8;
    case SPNG_COLOR_TYPE_INDEXED: return transparent_colour ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8;
    case SPNG_COLOR_TYPE_TRUECOLOR:
      if (transparent_colour) return deep ? SPNG_FMT_RGBA16 : SPNG_FMT_RGBA8;
      return SPNG_FMT_PNG;
    default: return SPNG_FMT_PNG;
  }
}

Image decode_with_libspng(Bytes file, const PngFile& png) {
  check_png_image_data(png);
  const Context context = open(file);
  spng_ihdr header{};
  check(spng_get_ihdr(context.get(), &header));
  spng_trns transparency{};
  const int has_trns = spng_get_trns(context.get(), &transparency);
  if (has_trns != SPNG_OK && has_trns != SPNG_ECHUNKAVAIL) check(has_trns);

  const bool transparent_colour = has_trns == SPNG_OK;
  const bool grey = header.color_type == SPNG_COLOR_TYPE_GRAYSCALE ||
                    header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA;
  const bool with_alpha = transparent_colour ||
                          header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA ||
                          header.color_type == SPNG_COLOR_TYPE_TRUECOLOR_ALPHA;
  const int format = decoded_format(header, transparent_colour);
  const int flags = transparent_colour ? SPNG_DECODE_TRNS : 0;

  Image image{static_cast<int>(header.width), static_cast<int>(header.height), grey ? 1 : 3, {}};
  const auto channels = static_cast<std::size_t>(image.channels);
  if (header.bit_depth == 16) {
    image.planes =
        decode_samples<std::uint16_t>(context.get(), format, flags, channels, with_alpha);
  } else {
    image.planes = decode_samples<std::uint8_t>(context.get(), format, flags, channels, with_alpha);
  }
  return image;
}

// Refuses, before there is memory for it, what is too large or can't be whole.
void check_header(const PngFile& png, const DecodeOptions& options) {
  const auto width = static_cast<std::size_t>(png.header.width);
  const auto height = static_cast<std::size_t>(png.header.height);
  check_size(width, height, options);
  check_frame(1, options);
  std::size_t data = 0;
  for (const PngChunk& chunk : png.chunks) data += chunk.type == "IDAT" ? chunk.data.size() : 0;
  const bool wide = png.header.colour != PngColour::grey && png.header.colour != PngColour::palette;
  const std::size_t pixel_bits = static_cast<std::size_t>(png.header.depth) * (wide ? 2 : 1);
  if (width * pixel_bits / 8 * height / kMostInflated > data) throw Error("it is truncated");
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  const PngFile png = read_png_chunks(file);
  check_header(png, options);
  if (png.size != file.size()) {
    if (!options.allow_damaged) throw Error("there is more behind its end");
    options.warn("there is more behind its end");
  }
  // Before the image data, with which the file may go.
  auto annotations = read_annotations(png, options);
  const PngChunk* exif = png.find("eXIf");
  const int orientation = exif != nullptr ? exif_orientation(exif->data) : 1;
  auto plain = decode_plain_png(png, options);
  Decoded out{plain ? std::move(*plain) : decode_with_libspng(file, png), orientation};
  out.image.annotations = std::move(annotations);
  return out;
}

std::string record(Bytes file) {
  (void)read_png_chunks(file);
  const Context context = open(file);
  check(spng_decode_chunks(context.get()));
  std::uint32_t count = 0;
  if (spng_get_text(context.get(), nullptr, &count) != SPNG_OK) return {};
  std::vector<spng_text> texts(count);
  check(spng_get_text(context.get(), texts.data(), &count));
  for (const spng_text& text : texts) {
    if (std::string_view(text.keyword) == kPngRecordKeyword) return {text.text, text.length};
  }
  return {};
}

}  // namespace

constinit const Codec kPng = {.name = "PNG",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .alpha = true,
                              .sniff = sniff,
                              .decode = decode,
                              .encode = encode_png,
                              .record = record};

}  // namespace qsample
