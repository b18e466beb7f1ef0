// Letters: glyphs of an atlas, scaled to any size, kerned, the same pixels everywhere.
#pragma once

#include <string_view>

#include "opencv/drawing/drawing.h"

namespace qsample {

/// The height of a capital, as a share of a size of letters.
[[nodiscard]] double cap_height();

/// The width in pixels of a line of text, in UTF-8, in letters of `size` pixels an em.
[[nodiscard]] double text_width(std::string_view text, double size);

/// Draws a line of text into an RGB image of 8 bits, from `at` on its baseline; what lies outside
/// is cut off. A character that the atlas lacks is drawn as a striped box.
void draw_text(Image& image, Point at, std::string_view text, double size, Colour colour);

}  // namespace qsample
