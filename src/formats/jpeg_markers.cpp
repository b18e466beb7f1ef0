#include "formats/jpeg_markers.h"
#include "base/byte_order.h"

#include <cstring>

namespace qsample {
namespace {

constexpr int kStartOfImage = 0xD8;
constexpr int kEndOfImage = 0xD9;
constexpr int kStartOfScan = 0xDA;

// Without a length behind them: TEM, restarts, and the two ends.
bool stands_alone(int marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD9); }

// SOF0 to SOF15, less the tables that have numbers among them.
bool is_frame(int marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// The next 0xFF that a byte follows which makes it a marker, moving `at` behind both; 0 where the
// bytes end before. In a scan, 0xFF 0 is data and a restart does not end it.
int next_marker(Bytes file, std::size_t& at, bool in_scan) {
  while (at < file.size()) {
    const void* found = std::memchr(file.data() + at, 0xFF, file.size() - at);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - file.data()) + 1;
    while (at < file.size() && file[at] == std::byte{0xFF}) ++at;
    if (at == file.size()) break;
    const int marker = std::to_integer<int>(file[at++]);
    const bool data = marker == 0 || (in_scan && stands_alone(marker) && marker < kStartOfImage);
    if (!data) return marker;
  }
  at = file.size();
  return 0;
}

}  // namespace

JpegMarkers find_jpeg_markers(Bytes file) {
  constexpr std::size_t kSizeAt = 3;  // in a frame header: its length, a depth, then the height
  JpegMarkers found;
  bool in_scan = false;
  for (std::size_t at = 0; int marker = next_marker(file, at, in_scan);) {
    in_scan = marker == kStartOfScan;
    if (marker == kEndOfImage) {
      found.end = at;
      break;
    }
    if (stands_alone(marker)) continue;
    if (is_frame(marker) && file.size() - at >= kSizeAt + 4)
      found.pixels = read_big_endian<std::size_t>(file, at + kSizeAt, 2) *
                     read_big_endian<std::size_t>(file, at + kSizeAt + 2, 2);
    found.scans += in_scan ? 1 : 0;
    if (file.size() - at < 2) break;
    at = std::min(file.size(), at + read_big_endian<std::size_t>(file, at, 2));
  }
  return found;
}

}  // namespace qsample
