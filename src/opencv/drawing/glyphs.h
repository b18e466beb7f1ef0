// The atlas of glyphs: see glyphs/make_glyphs.py.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "qsample/bytes.h"
#include "qsample/image.h"

namespace qsample {

/// The files glyphs.png and glyphs.txt.
[[nodiscard]] Bytes glyph_picture();
[[nodiscard]] std::string_view glyph_metrics();

/// Lengths are in pixels of the atlas, those that are not whole in thousandths.
struct Glyph {
  int left = 0;  ///< of its picture, which is at the top of the atlas
  int width = 0, height = 0;
  int x = 0, y = 0;  ///< of its picture's corner, from the pen
  std::int64_t advance = 0;
};

struct Glyphs {
  Image atlas;  ///< grey
  int em = 0;
  int cap_height = 0;
  std::map<std::uint32_t, Glyph> by_code;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> kerning;

  /// The glyph of a character, or that of none.
  [[nodiscard]] const Glyph& of(std::uint32_t code) const;
};

/// Read when first asked for.
[[nodiscard]] const Glyphs& glyphs();

}  // namespace qsample
