// WebP, written lossless, through libwebp.

#include <algorithm>
#include <cstdint>

#include "base/byte_order.h"
#include "image/exif.h"
#include "image/plugin.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr plugin::Module kModule = {"webp", "libwebp (Debian: libwebp-dev)"};

constexpr std::string_view kExtensions[] = {".webp"};
constexpr int kDepths[] = {8};
constexpr int kMaxSide = 16383;
constexpr std::size_t kHeader = 12;
constexpr std::size_t kChunkHeader = 8;

bool sniff(Bytes head) { return has_text(head, 0, "RIFF") && has_text(head, 8, "WEBP"); }

// The first chunk of this name. A RIFF file is a list of chunks: four letters, a length, that many
// bytes, padded to even.
Bytes chunk(Bytes file, std::string_view name) {
  std::size_t at = kHeader;
  while (at + kChunkHeader <= file.size()) {
    const std::size_t length = read_little_endian(file, at + 4);
    if (length > file.size() - at - kChunkHeader) break;
    if (has_text(file, at, name)) return file.subspan(at + kChunkHeader, length);
    at += kChunkHeader + length + length % 2;
  }
  return {};
}

// Behind a chunk of odd length stands a byte of padding.
std::size_t end_of(Bytes file) {
  const std::size_t length = read_little_endian(file, 4);
  return length + length % 2 + kChunkHeader;
}

std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& /*options*/) {
  return end_of(begin) + 1;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  if (file.size() < kHeader || file.size() < read_little_endian(file, 4) + kChunkHeader)
    throw Error("it is truncated");
  std::string damage;
  if (file.size() > end_of(file)) damage = tolerated(kTrailing, options);
  file = file.first(std::min(file.size(), end_of(file)));
  const Bytes exif = chunk(file, "EXIF");
  const int orientation = exif.empty() ? 1 : exif_orientation(exif).value_or(1);
  DecodeOptions turned = options;
  turned.reserve = [&](Footprint image) {
    image.orientation = orientation;
    options.reserve(image);
  };
  Decoded out = plugin::load(kModule).decode(file, turned);
  out.orientation = orientation;
  out.image.damage = std::move(damage);
  const Bytes icc = chunk(file, "ICCP");
  out.image.annotations.icc.assign(icc.begin(), icc.end());
  return out;
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  if (std::max(image.width, image.height) > kMaxSide) {
    throw Error("WebP holds at most 16383 pixels a side; use a .png output");
  }
  plugin::load(kModule).encode(image, options, sink);
}

}  // namespace

constinit const Codec kWebp = {.name = "WebP",
                               .extensions = kExtensions,
                               .depths = kDepths,
                               .alpha = true,
                               .encode_copies = 9,
                               .sniff = sniff,
                               .extent = extent,
                               .decode = decode,
                               .encode = encode};

}  // namespace qsample
