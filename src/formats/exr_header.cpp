// As "OpenEXR File Layout" (openexr.com) has it: a magic number, a version with flags, attributes,
// a table of offsets of 8 bytes, and the chunks. An attribute is a name, a type, a length of 4
// bytes and the value.

#include "formats/exr_header.h"

#include <algorithm>
#include <bit>

#include "base/byte_order.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kAttributesAt = 8;
constexpr std::uint32_t kTiled = 0x200;
constexpr std::uint32_t kDeep = 0x800;
constexpr std::uint32_t kParts = 0x1000;

std::uint64_t number(Bytes bytes, std::size_t at, std::size_t size = 4) {
  if (!has_bytes(bytes, at, size)) throw Error("its header is damaged");
  return read_little_endian<std::uint64_t>(bytes, at, size);
}

std::int64_t signed_number(Bytes bytes, std::size_t at) {
  return static_cast<std::int32_t>(number(bytes, at));
}

// Text that ends with a zero; moves `at` behind it.
std::string text(Bytes bytes, std::size_t& at) {
  std::string found;
  while (const auto c = static_cast<char>(number(bytes, at++, 1))) found += c;
  return found;
}

struct Attributes {
  Bytes channels, window, tiles, compression;
};

// Moves `at` behind them.
Attributes attributes_of(Bytes file, std::size_t& at) {
  Attributes found;
  for (std::string name = text(file, at); !name.empty(); name = text(file, at)) {
    (void)text(file, at);
    const std::size_t size = number(file, at);
    at += 4;
    if (size > file.size() - at) throw Error("it is truncated");
    const Bytes value = file.subspan(at, size);
    at += size;
    if (name == "channels") found.channels = value;
    if (name == "dataWindow") found.window = value;
    if (name == "tiles") found.tiles = value;
    if (name == "compression") found.compression = value;
  }
  return found;
}

// Each is a name and 16 bytes: the type of its samples, 4 bytes without use here, and how many
// columns and rows there are for each sample.
void read_channels(Bytes list, ExrHeader& header) {
  std::size_t at = 0;
  for (std::string name = text(list, at); !name.empty(); name = text(list, at)) {
    header.channels.push_back(name);
    header.subsampled |= number(list, at + 8) != 1 || number(list, at + 12) != 1;
    at += 16;
  }
}

// Chunks of rows: how many rows are compressed together.
std::int64_t rows_a_chunk(Bytes compression) {
  constexpr std::int64_t kRows[] = {1, 1, 1, 16, 32, 16, 32, 32, 32, 256};
  const std::size_t kind = number(compression, 0, 1);
  if (kind >= std::size(kRows)) throw Error("its compression is of a kind that is not read");
  return kRows[kind];
}

std::int64_t parts(std::int64_t whole, std::int64_t part) { return (whole + part - 1) / part; }

// A tiled image may hold itself again and again, each level half the size of the one before: both
// sides at once (a mip-map) or each by itself (a rip-map). Sides are rounded down or up.
class Tiles {
 public:
  explicit Tiles(Bytes attribute)
      : width_(signed_number(attribute, 0)),
        height_(signed_number(attribute, 4)),
        mode_(number(attribute, 8, 1)) {
    if (width_ < 1 || height_ < 1 || (mode_ & 15) > 2 || mode_ >> 4 > 1)
      throw Error("its header is impossible");
  }

  [[nodiscard]] std::int64_t count(std::int64_t width, std::int64_t height) const {
    if ((mode_ & 15) == 0) return parts(width, width_) * parts(height, height_);
    std::int64_t total = 0;
    if ((mode_ & 15) == 1) {
      for (int level = 0; level < levels(std::max(width, height)); ++level)
        total += parts(side(width, level), width_) * parts(side(height, level), height_);
      return total;
    }
    std::int64_t rows = 0;
    for (int level = 0; level < levels(width); ++level) total += parts(side(width, level), width_);
    for (int level = 0; level < levels(height); ++level)
      rows += parts(side(height, level), height_);
    return total * rows;
  }

 private:
  [[nodiscard]] bool rounds_up() const { return mode_ >> 4 == 1; }

  [[nodiscard]] int levels(std::int64_t side) const {
    const auto size = static_cast<std::uint64_t>(side);
    return static_cast<int>(rounds_up() ? std::bit_width(size - 1) + 1 : std::bit_width(size));
  }

  [[nodiscard]] std::int64_t side(std::int64_t whole, int level) const {
    const std::int64_t divisor = std::int64_t{1} << level;
    return std::max<std::int64_t>(rounds_up() ? parts(whole, divisor) : whole / divisor, 1);
  }

  std::int64_t width_, height_;
  std::uint64_t mode_;
};

}  // namespace

ExrHeader read_exr_header(Bytes file) {
  const std::uint64_t version = number(file, kVersionAt);
  if ((version & kDeep) != 0) throw Error("its pixels are deep, which is not read");
  if ((version & kParts) != 0) throw Error("it has several parts, which is not read");
  ExrHeader header;
  header.chunks_at = kAttributesAt;
  const Attributes attributes = attributes_of(file, header.chunks_at);
  read_channels(attributes.channels, header);
  // The first and last column and row.
  header.width = signed_number(attributes.window, 8) - signed_number(attributes.window, 0) + 1;
  header.height = signed_number(attributes.window, 12) - signed_number(attributes.window, 4) + 1;
  if (header.width < 1 || header.height < 1) throw Error("its header is impossible");
  const std::int64_t chunks = (version & kTiled) != 0
                                  ? Tiles(attributes.tiles).count(header.width, header.height)
                                  : parts(header.height, rows_a_chunk(attributes.compression));
  header.chunks = static_cast<std::size_t>(chunks);
  return header;
}

std::size_t check_exr_chunks(Bytes file, const ExrHeader& header) {
  constexpr std::size_t kEntry = 8;
  const std::size_t after = file.size() - header.chunks_at;
  if (header.chunks > after / kEntry) throw Error("it is truncated");
  // A chunk says where it belongs (a row, or a tile and its level), and its length.
  const bool tiled = (number(file, kVersionAt) & kTiled) != 0;
  const std::size_t head = tiled ? 16 : 4;
  std::size_t end = header.chunks_at + header.chunks * kEntry;
  for (std::size_t i = 0; i < header.chunks; ++i) {
    const std::uint64_t at = number(file, header.chunks_at + i * kEntry, kEntry);
    if (at < header.chunks_at || at > file.size() || file.size() - at < head + 4)
      throw Error("it is truncated");
    const std::size_t size = number(file, at + head);
    if (size > file.size() - at - head - 4) throw Error("it is truncated");
    end = std::max(end, at + head + 4 + size);
  }
  return end;
}

}  // namespace qsample
