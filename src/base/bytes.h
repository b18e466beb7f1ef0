// The bytes of files.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

namespace qsample {

using Bytes = std::span<const std::byte>;

/// Takes a file that is made piece by piece.
using Sink = std::function<void(Bytes piece)>;

/// True if `file` has the characters of `text` at `offset`.
inline bool has_text(Bytes file, std::size_t offset, std::string_view text) {
  if (file.size() < offset + text.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<char>(file[offset + i]) != text[i]) return false;
  }
  return true;
}

}  // namespace qsample
