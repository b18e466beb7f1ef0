// Deflate (RFC 1951) without matches: Huffman codes of single bytes, which is all that noise has to
// give, at many times the speed of a general compressor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qsample {

using Histogram = std::array<std::uint32_t, 256>;

/// Counts bytes, four at a time in counts of their own, so that equal neighbours do not wait for
/// each other.
class ByteCounter {
 public:
  void add(std::span<const std::uint8_t> bytes);
  [[nodiscard]] Histogram histogram() const;

 private:
  std::array<Histogram, 4> counts_{};
};

/// How often each byte occurs.
[[nodiscard]] Histogram histogram_of(std::span<const std::uint8_t> bytes);

/// The entropy times the count, to a hundredth of a bit each: what the best code of single bytes
/// needs.
[[nodiscard]] double entropy_bits(const Histogram& histogram);

/// Lengths in bits, at most `max_length`, of the best prefix code for symbols of these frequencies
/// (Larmore and Hirschberg's package-merge); 0 for a symbol that does not occur. At least one does.
[[nodiscard]] std::vector<std::uint8_t> code_lengths(std::span<const std::uint32_t> frequencies,
                                                     int max_length);

/// Room that write_huffman_blocks needs for `size` bytes.
[[nodiscard]] std::size_t huffman_room(std::size_t size);

/// Writes deflate blocks for `bytes` to `to`, ending at a byte's edge: with the stream's last block
/// if `last`, else with an empty stored block, so that pieces made apart can be joined. Returns the
/// number of bytes written, well below huffman_room.
std::size_t write_huffman_blocks(std::span<const std::uint8_t> bytes, bool last, std::byte* to);

}  // namespace qsample
