// Text that is set in a picture.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qsample::plot {

/// The text character by character, in UTF-8; what is none, and what is not seen or breaks a line,
/// is '?'.
[[nodiscard]] std::vector<std::string_view> characters_of(std::string_view text);

/// The same as one text.
[[nodiscard]] std::string legible(std::string_view text);

/// How wide a text is, about, in a sans-serif font of a size; rather more than less.
[[nodiscard]] double text_width(std::string_view text, double size);

/// The text, legible, no wider than `width`: what is too much is left out in its middle, since
/// names of files differ at both ends.
[[nodiscard]] std::string shortened(std::string_view text, double width, double size);

}  // namespace qsample::plot
