// The page without its image, packed from src/page by CMake.
#pragma once

#include <string_view>

namespace qsample {

/// The whole text, with "@data@" and "@image@" once each, in this order, in the places of what a
/// job puts there.
extern const std::string_view kPageTemplate;

}  // namespace qsample
