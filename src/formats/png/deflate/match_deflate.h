// Deflate (RFC 1951) with matches, by libdeflate, in pieces that can be joined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct libdeflate_compressor;

namespace qsample {

class MatchDeflater {
 public:
  /// `level` as libdeflate counts them, 1 to 12.
  explicit MatchDeflater(int level);

  /// Writes deflate blocks for `bytes`, one at the least, ending at a byte's edge: with the
  /// stream's last block if `last`, else with an empty stored block, so that pieces made apart can
  /// be joined. Returns the number of bytes written, or 0 where they do not fit into `room`.
  std::size_t write(std::span<const std::uint8_t> bytes, bool last, std::span<std::byte> room);

  /// What write would return, given room for it, but for a few bytes.
  std::size_t size_of(std::span<const std::uint8_t> bytes);

 private:
  struct Free {
    void operator()(libdeflate_compressor* compressor) const;
  };
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
};

}  // namespace qsample
