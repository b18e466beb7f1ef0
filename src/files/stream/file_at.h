// A file that is read here and there, for one that is larger than memory.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "files/descriptor.h"

namespace qsample {

/// A regular file, open for reading. It is read rather than mapped: one that somebody cuts
/// meanwhile is an Error then, where a mapped one ends the process.
class FileAt {
 public:
  /// Throws Error for what can't be opened.
  explicit FileAt(std::string path);

  /// Bytes, when it was opened.
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Fills `bytes` with those that begin at `place`. Throws Error where the file ends before.
  /// Thread-safe.
  void read(std::size_t place, std::span<std::byte> bytes) const;

 private:
  std::string path_;
  Descriptor file_;
  std::size_t size_ = 0;
};

}  // namespace qsample
