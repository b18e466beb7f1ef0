// PNG: read by libspng, which knows all colour types and depths; written by an encoder for noise.

#include <spng.h>

#include <cstdint>
#include <memory>

#include "io/codec.h"
#include "io/exif.h"
#include "io/png_encoder.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".png"};
constexpr int kDepths[] = {8, 16};
constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
constexpr std::size_t kChunkFrame = 12;  // bytes of a chunk besides its data
constexpr std::string_view kKeyword = "qsample";

using Context = std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)>;

void check(int status) {
  if (status != SPNG_OK) throw Error(spng_strerror(status));
}

bool sniff(Bytes head) { return has_text(head, 0, kSignature); }

// libspng is content without the last chunk's checksum, so the chunks are walked to the end first:
// each is a length, four letters, that many bytes and a checksum.
void check_whole(Bytes file) {
  for (std::size_t at = kSignature.size(); file.size() - at >= kChunkFrame;) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length = length << 8 | std::to_integer<std::size_t>(file[at + i]);
    if (file.size() - at - kChunkFrame < length) break;
    if (has_text(file, at + 4, "IEND")) return;
    at += kChunkFrame + length;
  }
  throw Error("it is truncated");
}

Context open(Bytes file) {
  check_whole(file);
  Context context(spng_ctx_new(0), spng_ctx_free);
  if (!context) throw Error("out of memory");
  check(spng_set_crc_action(context.get(), SPNG_CRC_ERROR, SPNG_CRC_ERROR));
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

Decoded decode(Bytes file) {
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

  Decoded out;
  out.image.width = static_cast<int>(header.width);
  out.image.height = static_cast<int>(header.height);
  out.image.channels = grey ? 1 : 3;
  const auto channels = static_cast<std::size_t>(out.image.channels);
  if (header.bit_depth == 16) {
    out.image.planes =
        decode_samples<std::uint16_t>(context.get(), format, flags, channels, with_alpha);
  } else {
    out.image.planes =
        decode_samples<std::uint8_t>(context.get(), format, flags, channels, with_alpha);
  }
  // Reads to the end, so that a file cut off after its last row is found out.
  check(spng_decode_chunks(context.get()));
  spng_exif exif{};
  if (spng_get_exif(context.get(), &exif) == SPNG_OK) {
    out.orientation =
        exif_orientation({reinterpret_cast<const std::byte*>(exif.data), exif.length});
  }
  return out;
}

std::vector<std::byte> encode(const Image& image, const EncodeOptions& options) {
  return encode_png(image, options, kKeyword);
}

std::string record(Bytes file) {
  const Context context = open(file);
  check(spng_decode_chunks(context.get()));
  std::uint32_t count = 0;
  if (spng_get_text(context.get(), nullptr, &count) != SPNG_OK) return {};
  std::vector<spng_text> texts(count);
  check(spng_get_text(context.get(), texts.data(), &count));
  for (const spng_text& text : texts) {
    if (std::string_view(text.keyword) == kKeyword) return {text.text, text.length};
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
                              .encode = encode,
                              .record = record};

}  // namespace qsample
