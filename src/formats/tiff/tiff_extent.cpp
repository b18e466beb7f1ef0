// TIFF 6.0, section 2, and BigTIFF: a header with the offset of the first directory; a directory is
// a number of entries, the entries and the offset of the next; an entry is a tag, a type, a number
// of values and the values, or where they do not fit their offset.

#include "formats/tiff/tiff_extent.h"
#include "base/byte_order.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <vector>

namespace qsample {
namespace {

// Bytes of a value by its type; 0 is of no known type.
constexpr std::array<std::uint8_t, 19> kSizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                                 8, 4, 8, 4, 0, 0, 8, 8, 8};

enum Tag : std::uint16_t {
  kStripOffsets = 273,
  kStripByteCounts = 279,
  kTileOffsets = 324,
  kTileByteCounts = 325
};

// Thrown, and caught, where the bytes end before it is told.
struct Unknown {};

class Walk {
 public:
  explicit Walk(Bytes file)
      : file_(file),
        order_(has_text(file, 0, "M") ? std::endian::big : std::endian::little),
        word_(number(2, 2) == 43 ? 8 : 4),
        end_(word_ == 8 ? 16 : 8) {}

  std::size_t end() {
    std::set<std::size_t> seen;
    for (std::size_t at = number(end_ - word_, word_); at != 0;) {
      if (!seen.insert(at).second) throw Unknown();
      at = walk_directory(at);
    }
    return end_;
  }

 private:
  std::size_t number(std::size_t at, std::size_t size) const {
    if (!has_bytes(file_, at, size)) throw Unknown();
    return read_number<std::size_t>(order_, file_, at, size);
  }

  void note_end(std::size_t at, std::size_t size) {
    if (!has_bytes(file_, at, size)) throw Unknown();
    end_ = std::max(end_, at + size);
  }

  // Returns the offset of the next.
  std::size_t walk_directory(std::size_t at) {
    const std::size_t count_size = word_ == 8 ? 8 : 2;
    const std::size_t entry_size = 4 + 2 * word_;
    const std::size_t count = number(at, count_size);
    if (count > file_.size() / entry_size) throw Unknown();
    at += count_size;
    std::vector<std::size_t> offsets;
    std::vector<std::size_t> counts;
    for (std::size_t i = 0; i < count; ++i, at += entry_size) {
      const std::size_t tag = number(at, 2);
      auto values = walk_entry(at, tag);
      if (tag == kStripOffsets || tag == kTileOffsets) {
        offsets = std::move(values);
      } else if (tag == kStripByteCounts || tag == kTileByteCounts) {
        counts = std::move(values);
      }
    }
    if (offsets.size() != counts.size()) throw Unknown();
    for (std::size_t i = 0; i < offsets.size(); ++i) note_end(offsets[i], counts[i]);
    const std::size_t next = number(at, word_);
    note_end(at, word_);
    return next;
  }

  // Its values, where they are places or sizes of image data.
  std::vector<std::size_t> walk_entry(std::size_t at, std::size_t tag) {
    const std::size_t type = number(at + 2, 2);
    const std::size_t size = type < kSizes.size() ? kSizes[type] : 0;
    const std::size_t count = number(at + 4, word_);
    if (size == 0 || count > file_.size()) throw Unknown();
    std::size_t values_at = at + 4 + word_;
    if (size * count > word_) {
      values_at = number(values_at, word_);
      note_end(values_at, size * count);
    }
    std::vector<std::size_t> values;
    if (tag == kStripOffsets || tag == kTileOffsets || tag == kStripByteCounts ||
        tag == kTileByteCounts) {
      for (std::size_t i = 0; i < count; ++i) values.push_back(number(values_at + i * size, size));
    }
    return values;
  }

  Bytes file_;
  std::endian order_;
  std::size_t word_;  // bytes of an offset
  std::size_t end_;
};

}  // namespace

std::optional<std::size_t> tiff_extent(Bytes begin) {
  try {
    return Walk(begin).end();
  } catch (const Unknown&) {
    return std::nullopt;
  }
}

}  // namespace qsample
