// WebP, written lossless, through OpenCV, which knows nothing of the format's EXIF block.

#include <algorithm>
#include <cstdint>

#include "io/exif.h"
#include "io/opencv.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".webp"};
constexpr int kDepths[] = {8};
constexpr std::size_t kMaxSide = 16383;

bool sniff(Bytes head) { return has_text(head, 0, "RIFF") && has_text(head, 8, "WEBP"); }

std::size_t little_endian32(Bytes file, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::size_t>(file[at + i]);
  return value;
}

// A RIFF file is a list of chunks: four letters, a length, that many bytes, padded to even.
int orientation(Bytes file) {
  std::size_t at = 12;
  while (at + 8 <= file.size()) {
    const std::size_t length = std::min(little_endian32(file, at + 4), file.size() - at - 8);
    if (has_text(file, at, "EXIF")) return exif_orientation(file.subspan(at + 8, length));
    at += 8 + length + length % 2;
  }
  return 1;
}

Decoded decode(Bytes file) {
  if (file.size() < 12 || file.size() < little_endian32(file, 4) + 8)
    throw Error("it is truncated");
  return {opencv::plugin().decode(file), orientation(file)};
}

// Lossless WebP may still change colours that full transparency hides.
void check_hidden_colours(const Image& image) {
  const auto& alpha = std::get<Planes<std::uint8_t>>(image.planes).alpha;
  if (std::find(alpha.begin(), alpha.end(), 0) != alpha.end()) {
    throw Error("WebP would lose the noise of fully transparent pixels; use a .png output");
  }
}

std::vector<std::byte> encode(const Image& image, const EncodeOptions& options) {
  if (static_cast<std::size_t>(std::max(image.width, image.height)) > kMaxSide) {
    throw Error("WebP holds at most 16383 pixels a side; use a .png output");
  }
  check_hidden_colours(image);
  return opencv::plugin().encode(image, options.extension);
}

}  // namespace

constinit const Codec kWebp = {.name = "WebP",
                               .extensions = kExtensions,
                               .depths = kDepths,
                               .alpha = true,
                               .sniff = sniff,
                               .decode = decode,
                               .encode = encode};

}  // namespace qsample
