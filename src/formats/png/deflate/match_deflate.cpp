#include "formats/png/deflate/match_deflate.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::array kEmptyStored = {std::byte{0}, std::byte{0}, std::byte{0xFF}, std::byte{0xFF}};
constexpr std::size_t kStoredHeaderBits = 3;
constexpr std::size_t kMostAdded = 1 + kEmptyStored.size();

// Where a stream's last block begins, and where it ends, in bits.
struct LastBlock {
  std::size_t begin, end;
};

// zlib stops at the edges of blocks, which only inflating tells.
LastBlock last_block(std::span<const std::byte> stream) {
  constexpr int kEdge = 128;  // in z_stream::data_type
  constexpr int kLast = 64;
  constexpr int kUnusedBits = 7;
  z_stream state{};
  if (::inflateInit2(&state, -MAX_WBITS) != Z_OK) throw Error("out of memory");
  const std::unique_ptr<z_stream, decltype(&::inflateEnd)> end(&state, ::inflateEnd);
  // zlib reads by a pointer to non-const where it is not told otherwise.
  auto* const begin = reinterpret_cast<Bytef*>(const_cast<std::byte*>(stream.data()));
  state.next_in = begin;
  state.avail_in = static_cast<uInt>(stream.size());
  std::vector<Bytef> inflated(std::size_t{1} << 16);
  LastBlock block{};
  while (state.data_type < kEdge + kLast) {
    state.next_out = inflated.data();
    state.avail_out = static_cast<uInt>(inflated.size());
    if (::inflate(&state, Z_BLOCK) != Z_OK) throw Error("libdeflate's stream can't be inflated");
    if ((state.data_type & kEdge) == 0) continue;
    block.begin = block.end;
    block.end = static_cast<std::size_t>(state.next_in - begin) * 8 -
                static_cast<std::size_t>(state.data_type & kUnusedBits);
  }
  return block;
}

}  // namespace

void MatchDeflater::Free::operator()(libdeflate_compressor* compressor) const {
  ::libdeflate_free_compressor(compressor);
}

MatchDeflater::MatchDeflater(int level) : compressor_(::libdeflate_alloc_compressor(level)) {
  if (!compressor_) throw Error("not enough memory");
}

std::size_t MatchDeflater::write(std::span<const std::uint8_t> bytes, bool last,
                                 std::span<std::byte> room) {
  if (last) {
    return ::libdeflate_deflate_compress(compressor_.get(), bytes.data(), bytes.size(), room.data(),
                                         room.size());
  }
  if (room.size() < kMostAdded) return 0;
  std::size_t size = ::libdeflate_deflate_compress(compressor_.get(), bytes.data(), bytes.size(),
                                                   room.data(), room.size() - kMostAdded);
  if (size == 0) return 0;
  // The block that says it is the last no longer is; what is left of its last byte, all zeros, can
  // hold the header of the stored block if it is long enough.
  const auto [begin, end] = last_block(room.first(size));
  room[begin / 8] &= ~(std::byte{1} << (begin % 8));
  if (8 * size - end < kStoredHeaderBits) room[size++] = std::byte{0};
  std::copy(kEmptyStored.begin(), kEmptyStored.end(),
            room.begin() + static_cast<std::ptrdiff_t>(size));
  return size + kEmptyStored.size();
}

std::size_t MatchDeflater::size_of(std::span<const std::uint8_t> bytes) {
  std::vector<std::byte> room(::libdeflate_deflate_compress_bound(compressor_.get(), bytes.size()));
  return write(bytes, true, room);
}

}  // namespace qsample
