// Tar archives out: ustar, the same bytes for the same members wherever they are written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "qsample/bytes.h"

namespace qsample {

/// Writes files alone, of mode 0644, owned by nobody in particular, as old as the epoch. A name or
/// a size that a header of ustar does not hold stands in a header of pax before it.
class TarWriter {
 public:
  explicit TarWriter(Sink sink) : sink_(std::move(sink)) {}

  void add(const std::string& name, Bytes bytes);
  /// The mark of the end, and what is not written yet.
  void finish();

  /// Bytes that a member takes.
  [[nodiscard]] static std::uint64_t size_of(const std::string& name, std::uint64_t size);

 private:
  void put(Bytes bytes);
  void pad();
  void flush();

  Sink sink_;
  std::vector<std::byte> buffer_;
  std::uint64_t size_ = 0;
};

}  // namespace qsample
