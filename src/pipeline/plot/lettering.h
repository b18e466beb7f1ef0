// Text that is set in a picture.
#pragma once

#include <string>
#include <string_view>

namespace qsample::plot {

/// The text in UTF-8 without what is not seen, turns the text around it or breaks its line: in its
/// place is '?'.
[[nodiscard]] std::string legible(std::string_view text);

/// How wide a text is in a sans-serif font of a size, about, rather more than less.
[[nodiscard]] double width_of(std::string_view text, double size);

/// The text, legible, no wider than `width`: what is too much is left out in its middle, since
/// names of files differ at both ends.
[[nodiscard]] std::string shortened(std::string_view text, double width, double size);

/// A number as it is set: "-2.5e-05" with a minus and as a power of ten.
[[nodiscard]] std::string typeset(std::string_view number);

}  // namespace qsample::plot
