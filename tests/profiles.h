// Colour profiles for tests: a header and nothing that means anything.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace qsample {

/// `colours` is the colour space, in four characters (ICC.1, section 7.2).
inline std::vector<std::byte> profile(std::string_view colours, std::size_t size) {
  std::vector<std::byte> bytes(size, std::byte{'p'});
  const auto put = [&](std::string_view text, std::ptrdiff_t at) {
    std::transform(text.begin(), text.end(), bytes.begin() + at,
                   [](char c) { return static_cast<std::byte>(c); });
  };
  put(colours, 16);
  put("acsp", 36);
  return bytes;
}

}  // namespace qsample
