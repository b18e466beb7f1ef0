// PNG: most files are read by a decoder of our own, those with palettes, packed bits, transparent
// colours or interlaced rows by libspng; written by an encoder for noise.

#include <spng.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

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

using Context = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

void check(int status) {
  if (status != SPNG_OK) throw Error(spng_strerror(status));
}

bool sniff(Bytes head) { return has_text(head, 0, kPngSignature); }

// The chunks that make the pixels, one after the other: libspng need not unpack the texts beside
// them, which may grow a thousandfold.
class PixelChunks {
 public:
  explicit PixelChunks(const PngFile& png) {
    parts_.push_back(std::as_bytes(std::span(kPngSignature)));
    for (const PngChunk& chunk : png.chunks) {
      if (chunk.is_critical() || chunk.type == "tRNS") parts_.push_back(chunk.whole());
    }
  }

  static int read(spng_ctx* /*context*/, void* user, void* to, std::size_t size) {
    auto& self = *static_cast<PixelChunks*>(user);
    auto* next = static_cast<std::byte*>(to);
    while (size > 0) {
      if (self.at_ == self.parts_.size()) return SPNG_IO_EOF;
      Bytes& part = self.parts_[self.at_];
      const std::size_t n = std::min(size, part.size());
      next = std::copy_n(part.begin(), n, next);
      size -= n;
      part = part.subspan(n);
      if (part.empty()) ++self.at_;
    }
    return 0;
  }

 private:
  std::vector<Bytes> parts_;
  std::size_t at_ = 0;
};

// For a file that was walked: its checksums are known to be right.
Context open(PixelChunks& chunks) {
  Context context(spng_ctx_new(0), spng_ctx_free);
  if (!context) throw Error("out of memory");
  check(spng_set_crc_action(context.get(), SPNG_CRC_USE, SPNG_CRC_USE));
  check(spng_set_png_stream(context.get(), PixelChunks::read, &chunks));
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

// An index that the palette does not have is not a colour; libspng takes it for black.
void check_indices(const PngFile& png) {
  const PngChunk* palette = png.find("PLTE");
  const auto depth = static_cast<std::size_t>(png.header.depth);
  if (png.header.colour != PngColour::palette || palette->data.size() / 3 >> depth > 0) return;
  PixelChunks chunks(png);
  const Context context = open(chunks);
  std::size_t size = 0;
  check(spng_decoded_image_size(context.get(), SPNG_FMT_PNG, &size));
  std::vector<std::uint8_t> rows(size);
  check(spng_decode_image(context.get(), rows.data(), size, SPNG_FMT_PNG, 0));

  const auto width = static_cast<std::size_t>(png.header.width);
  const std::size_t stride = (width * depth + 7) / 8;
  for (std::size_t i = 0; i < width * static_cast<std::size_t>(png.header.height); ++i) {
    const std::size_t bit = i % width * depth;
    const unsigned byte = rows[i / width * stride + bit / 8];
    const unsigned index = byte >> (8 - depth - bit % 8) & ((1U << depth) - 1);
    if (index >= palette->data.size() / 3) {
      throw Error("its palette has no colour " + std::to_string(index));
    }
  }
}

Image decode_with_libspng(const PngFile& png) {
  check_png_image_data(png);
  check_indices(png);
  PixelChunks chunks(png);
  const Context context = open(chunks);
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

// Refuses what is too large, before there is memory for it.
void check_header(const PngFile& png, int orientation, const DecodeOptions& options) {
  const auto width = static_cast<std::size_t>(png.header.width);
  const auto height = static_cast<std::size_t>(png.header.height);
  check_size(width, height, options);
  check_frame(1, options);
  options.reserve(png_footprint(png, orientation, options));
  if (const PngChunk* animation = png.find("acTL"); animation && animation->data.size() == 8) {
    options.warn("it is animated, in " + std::to_string(png_number(animation->data, 0)) +
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
  auto plain = decode_plain_png(png, options);
  Decoded out{plain ? std::move(*plain) : decode_with_libspng(png), orientation};
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
