// What stands in the bytes of files.
#pragma once

#include <cstddef>
#include <string_view>

#include "qsample/bytes.h"

namespace qsample {

/// True if `file` has the characters of `text` at `offset`.
inline bool has_text(Bytes file, std::size_t offset, std::string_view text) {
  if (file.size() < offset + text.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<char>(file[offset + i]) != text[i]) return false;
  }
  return true;
}

}  // namespace qsample
