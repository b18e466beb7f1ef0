// Codes into bits, for deflate.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace qsample {

static_assert(std::endian::native == std::endian::little);

// A code as the bit writer wants it: the bits above, their number in the low byte, where a shift by
// the whole entry finds it, since shifts of 64-bit words look at six bits only.
using Entry = std::uint64_t;
inline constexpr int kCodeShift = 8;
inline constexpr std::uint64_t kShiftMask = 63;

constexpr Entry entry_of(std::uint64_t code, int length) {
  return code << kCodeShift | static_cast<std::uint64_t>(length);
}

// Writes bits from the least significant on, eight bytes at a time into room that is sure to be
// there.
class BitWriter {
 public:
  // Four codes of this length, and up to seven bits that wait, fit a word of 64.
  static constexpr int kMaxCode = 14;

  explicit BitWriter(std::byte* to) : to_(to) {}

  void put(Entry entry) { put_bits(entry >> kCodeShift, static_cast<int>(entry & kShiftMask)); }

  // At most 56 bits.
  void put_bits(std::uint64_t bits, int count) {
    waiting_ |= bits << filled_;
    std::memcpy(to_, &waiting_, sizeof waiting_);
    filled_ += count;
    to_ += filled_ >> 3;
    waiting_ >>= filled_ & ~7;
    filled_ &= 7;
  }

  // Four codes of up to fourteen bits at once.
  void put_four(Entry a, Entry b, Entry c, Entry d) {
    const Entry ab = a + b;
    const std::uint64_t first = a >> kCodeShift | (b >> kCodeShift) << (a & kShiftMask);
    const std::uint64_t second = c >> kCodeShift | (d >> kCodeShift) << (c & kShiftMask);
    put_bits(first | second << (ab & kShiftMask), static_cast<int>((ab + c + d) & kShiftMask));
  }

  void to_byte_edge() {
    if (filled_ > 0) put_bits(0, 8 - filled_);
  }

  [[nodiscard]] std::byte* position() const { return to_; }

 private:
  std::byte* to_;
  std::uint64_t waiting_ = 0;
  int filled_ = 0;
};

}  // namespace qsample
