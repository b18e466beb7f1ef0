// Files that are read once, from the beginning, a piece at a time.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "files/descriptor.h"
#include "qsample/bytes.h"

namespace qsample {

class PieceReader {
 public:
  /// Opens a regular file, a pipe, or standard input ("-"). Throws Error. `on_wait` outlives it.
  PieceReader(const std::string& path, const OnWait& on_wait);

  /// What comes next, which stays until the next call; nothing at the end. Throws Error.
  [[nodiscard]] Bytes next();

 private:
  std::string name_;
  Descriptor file_;
  bool may_block_ = false;
  Patience patience_;
  std::vector<std::byte> piece_;
};

}  // namespace qsample
