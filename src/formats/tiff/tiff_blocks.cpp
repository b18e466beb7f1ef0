#include "formats/tiff/tiff_blocks.h"

#define ZLIB_CONST
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace qsample::plugin {

namespace {

// Through a small window, so that data that are too short for a large block take no memory.
std::optional<std::size_t> inflated_size_by_pieces(std::span<const std::uint8_t> data,
                                                   std::size_t room) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return std::nullopt;
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> owner(&stream, inflateEnd);
  std::array<std::uint8_t, std::size_t{1} << 16> window;
  std::size_t at = 0;
  int state = Z_OK;
  while (state == Z_OK && stream.total_out <= room) {
    if (stream.avail_in == 0) {
      const std::size_t count = std::min<std::size_t>(data.size() - at, window.size());
      stream.next_in = data.data() + at;
      stream.avail_in = static_cast<unsigned>(count);
      at += count;
    }
    stream.next_out = window.data();
    stream.avail_out = static_cast<unsigned>(window.size());
    state = inflate(&stream, Z_NO_FLUSH);
  }
  if (state != Z_STREAM_END) return std::nullopt;
  return stream.total_out;
}

}  // namespace

std::optional<std::size_t> inflated_size(std::span<const std::uint8_t> data, std::size_t room) {
  constexpr std::size_t kMostAtOnce = std::size_t{1} << 24;
  if (room > kMostAtOnce) return inflated_size_by_pieces(data, room);
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  const auto out = std::make_unique_for_overwrite<std::byte[]>(room);
  std::size_t size = 0;
  if (!inflater || libdeflate_zlib_decompress(inflater.get(), data.data(), data.size(), out.get(),
                                              room, &size) != LIBDEFLATE_SUCCESS) {
    return std::nullopt;
  }
  return size;
}

// TIFF 6.0, section 13: codes of 9 to 12 bits, most significant bit first, one bit longer from when
// the table has one entry fewer than would need it.
std::optional<std::size_t> lzw_size(std::span<const std::uint8_t> data) {
  constexpr unsigned kClear = 256;
  constexpr unsigned kEnd = 257;
  constexpr unsigned kFirst = 258;
  constexpr unsigned kMaxWidth = 12;
  std::array<std::uint32_t, std::size_t{1} << kMaxWidth> lengths{};  // of each code's string
  lengths.fill(1);
  unsigned width = 9;
  unsigned next = kFirst;
  unsigned previous = kClear;
  std::size_t total = 0;
  std::uint64_t bits = 0;
  unsigned filled = 0;
  for (std::size_t at = 0;;) {
    for (; filled < width && at < data.size(); filled += 8) bits = bits << 8 | data[at++];
    if (filled < width) return std::nullopt;
    filled -= width;
    const auto code = static_cast<unsigned>(bits >> filled & ((1U << width) - 1));
    if (code == kEnd) return total;
    if (code == kClear) {
      width = 9;
      next = kFirst;
      previous = kClear;
      continue;
    }
    if (previous != kClear) {
      if (code > next || next == lengths.size()) return std::nullopt;
      lengths[next++] = lengths[previous] + 1;
    } else if (code > kClear) {
      return std::nullopt;
    }
    total += lengths[code];
    previous = code;
    if (next >= (1U << width) - 1 && width < kMaxWidth) ++width;
  }
}

}  // namespace qsample::plugin
