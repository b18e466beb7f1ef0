// Sun raster files, read by OpenCV.

#include "formats/by_opencv/by_opencv.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kEndings[] = {".ras", ".sr"};
constexpr std::size_t kHeaderSize = 32;

bool sniff(Bytes head) { return has_text(head, 0, "\x59\xA6\x6A\x95"); }

struct Header {
  std::size_t width = 0, height = 0, bits = 0;
  std::size_t kind = 0;  // 0 and 1: plain, B, G, R; 2: runs; 3: R, G, B
  std::size_t map_kind = 0, map_bytes = 0;

  // Rows are padded to two bytes.
  [[nodiscard]] std::size_t end() const {
    return kHeaderSize + map_bytes + (width * bits + 15) / 16 * 2 * height;
  }
};

Header read_header(Bytes file) {
  const auto field = [&](std::size_t i) {
    return static_cast<std::size_t>(big_endian(file, 4 * i, 4));
  };
  return {field(1), field(2), field(3), field(5), field(6), field(7)};
}

// What OpenCV does not read, or not as it is meant: without a table of colours it makes grey black.
void check_kind(const Header& header) {
  if (header.kind > 1) {
    throw Error("it is of a kind (" + std::to_string(header.kind) +
                ") that is not read; convert it to PNG first");
  }
  if (header.bits == 24 || header.bits == 32) return;
  if (header.bits != 8 || header.map_kind != 1 || header.map_bytes == 0) {
    throw Error("its samples of " + std::to_string(header.bits) + " bits" +
                (header.map_bytes == 0 ? " without a table of colours" : "") +
                " are not read; convert it to PNG first");
  }
}

std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& options) {
  const Header header = read_header(begin);
  check_size(header.width, header.height, options);
  return header.end();
}

// A table of greys makes a grey image.
bool has_greys(Bytes file, const Header& header) {
  if (header.bits != 8) return false;
  const std::size_t count = header.map_bytes / 3;
  const Bytes map = file.subspan(kHeaderSize, 3 * count);
  return std::ranges::equal(map.first(count), map.subspan(count, count)) &&
         std::ranges::equal(map.first(count), map.last(count));
}

// OpenCV gives an index that the table lacks the colour black.
void check_indices(Bytes file, const Header& header) {
  if (header.bits != 8) return;
  const std::size_t row = (header.width + 1) / 2 * 2;
  for (std::size_t y = 0; y < header.height; ++y) {
    for (const std::byte index :
         file.subspan(kHeaderSize + header.map_bytes + y * row, header.width)) {
      if (std::to_integer<std::size_t>(index) < header.map_bytes / 3) continue;
      throw Error("its table has no colour " + std::to_string(std::to_integer<int>(index)));
    }
  }
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  const Header header = read_header(file);
  check_kind(header);
  check_size(header.width, header.height, options);
  if (header.map_bytes > 768) throw Error("its header is impossible");
  if (file.size() < header.end()) throw Error("it is truncated");
  check_indices(file, header);
  return decode_by_opencv(
      file,
      {.width = header.width, .height = header.height, .colours = has_greys(file, header) ? 1 : 3},
      options);
}

}  // namespace

constinit const Codec kSunRaster = {.name = "Sun raster",
                                    .extensions = kEndings,
                                    .sniff = sniff,
                                    .extent = extent,
                                    .decode = decode};

}  // namespace qsample
