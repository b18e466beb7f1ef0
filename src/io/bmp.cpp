// BMP through OpenCV.

#include <cstdint>
#include <cstdlib>

#include "io/plugin.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".bmp"};
constexpr int kDepths[] = {8};
constexpr std::size_t kFileHeader = 14;
constexpr std::uint32_t kInfoHeader = 40;
constexpr std::size_t kMinSize = kFileHeader + kInfoHeader;
constexpr std::uint32_t kUncompressed = 0;
constexpr std::uint32_t kBitFields = 3;

bool sniff(Bytes head) { return has_text(head, 0, "BM") && head.size() >= kMinSize; }

std::uint32_t number(Bytes file, std::size_t at, std::size_t bytes = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes; i-- > 0;)
    value = value << 8 | std::to_integer<std::uint32_t>(file[at + i]);
  return value;
}

// What OpenCV would read beyond, or wrongly.
void check_header(Bytes file, const DecodeOptions& options) {
  const std::uint32_t pixels_at = number(file, 10);
  const std::uint32_t header = number(file, 14);
  if (header < kInfoHeader) throw Error("it is of a kind (OS/2) that is not read");
  const auto width = static_cast<std::int32_t>(number(file, 18));
  const auto height = static_cast<std::int32_t>(number(file, 22));
  const std::uint32_t bits = number(file, 28, 2);
  const std::uint32_t compression = number(file, 30);
  if (width < 1 || height == 0 || height == INT32_MIN || pixels_at < kFileHeader + header ||
      pixels_at > file.size() || bits > 32) {
    throw Error("its header is impossible");
  }
  const auto columns = static_cast<std::size_t>(width);
  const auto rows = static_cast<std::size_t>(std::abs(height));
  check_size(columns, rows, options);
  const bool plain = compression == kUncompressed || compression == kBitFields;
  const std::size_t stride = (columns * bits + 31) / 32 * 4;
  if (plain && (file.size() - pixels_at) / rows < stride) throw Error("it is truncated");
  if (compression != kBitFields || bits != 32) return;
  if (file.size() < kMinSize + 12 || number(file, 54) != 0xFF0000 || number(file, 58) != 0xFF00 ||
      number(file, 62) != 0xFF) {
    throw Error("its channels are in an order that is not read");
  }
}

// True where a fourth channel is there and means something.
bool has_alpha(Bytes file) {
  constexpr std::uint32_t kHeaderWithAlpha = 56;
  return number(file, 30) == kBitFields && number(file, 14) >= kHeaderWithAlpha &&
         file.size() >= kFileHeader + kHeaderWithAlpha && number(file, 66) != 0;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  check_header(file, options);
  Decoded out = plugin::opencv().decode(file, options);
  if (!has_alpha(file)) std::visit([](auto& planes) { planes.alpha.clear(); }, out.image.planes);
  return out;
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  plugin::opencv().encode(image, options, sink);
}

}  // namespace

constinit const Codec kBmp = {.name = "BMP",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .sniff = sniff,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
