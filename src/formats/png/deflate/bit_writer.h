// Codes into bits, for deflate.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace qsample {

static_assert(std::endian::native == std::endian::little);

// A code as the bit writer wants it: in the highest bits, with its length in the lowest, where a
// shift by the whole entry finds it, since shifts of 64-bit words look at six bits only.
using Entry = std::uint64_t;
inline constexpr std::uint64_t kShiftMask = 63;

// Of a code of 1 bit or more.
constexpr Entry entry_of(std::uint64_t code, std::uint64_t length) {
  return code << (64 - length) | length;
}

// Writes bits from the least significant on, eight bytes at a time into room that is sure to be
// there.
class BitWriter {
 public:
  // Four codes of this length, and up to seven bits that wait, fit a word of 64.
  static constexpr int kMaxCode = 14;

  explicit BitWriter(std::byte* to, std::uint64_t waiting = 0, std::uint64_t filled = 0)
      : to_(to), waiting_(waiting), filled_(filled) {}

  void put(Entry entry) {
    const std::uint64_t length = entry & kShiftMask;
    put_bits(entry >> (64 - length), length);
  }

  // At most 56 bits.
  void put_bits(std::uint64_t bits, std::uint64_t count) {
    waiting_ |= bits << filled_;
    std::memcpy(to_, &waiting_, sizeof waiting_);
    filled_ += count;
    to_ += filled_ >> 3;
    waiting_ >>= filled_ & ~std::uint64_t{7};
    filled_ &= 7;
  }

  // Four codes of up to fourteen bits at once: each shifts those before it down, and with them the
  // lengths out of the word but for the last, which is below the lowest bit of the first code.
  void put_four(Entry a, Entry b, Entry c, Entry d) {
    const Entry ab = a >> (b & kShiftMask) | b;
    const Entry abc = ab >> (c & kShiftMask) | c;
    const Entry abcd = abc >> (d & kShiftMask) | d;
    const std::uint64_t count = (a + b + c + d) & kShiftMask;
    put_bits(abcd >> ((64 - count) & kShiftMask), count);
  }

  void to_byte_edge() {
    if (filled_ > 0) put_bits(0, 8 - filled_);
  }

  [[nodiscard]] std::byte* position() const { return to_; }
  // The bits of the byte there that are set already, and how many.
  [[nodiscard]] std::uint64_t waiting() const { return waiting_; }
  [[nodiscard]] std::uint64_t filled() const { return filled_; }

 private:
  std::byte* to_;
  std::uint64_t waiting_;
  std::uint64_t filled_;
};

}  // namespace qsample
