// A file against bytes that are made piece by piece.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "files/descriptor.h"
#include "qsample/bytes.h"

namespace qsample {

/// Tells whether a regular file holds the very bytes that it is given, with nothing written
/// anywhere. Throws Error where the file can't be read.
class FileComparison {
 public:
  explicit FileComparison(std::string path);

  void add(Bytes piece);
  /// Whether the pieces so far are the file, the whole of it.
  [[nodiscard]] bool is_same();

 private:
  // The bytes of the file that come next, `most` at the most.
  Bytes next(std::size_t most);

  std::string path_;
  Descriptor file_;
  std::vector<std::byte> read_;
  bool same_ = true;
};

}  // namespace qsample
