// Colours that are stored multiplied by alpha (associated, or premultiplied, alpha), as OpenEXR has
// them always and TIFF sometimes. In an Image they are not.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

#include "qsample/image.h"

namespace qsample {

/// Colours that were multiplied by alpha, as they were. Under an alpha of 0 they stay: OpenEXR has
/// light there that hides nothing, a flame for instance.
template <class T>
void divide_by_alpha(Planes<T>& planes, std::size_t channels) {
  constexpr T kMost = std::is_same_v<T, float> ? T(1) : std::numeric_limits<T>::max();
  for (std::size_t i = 0; i < planes.alpha.size(); ++i) {
    const auto alpha = static_cast<double>(planes.alpha[i]);
    if (alpha == 0) continue;
    for (std::size_t c = 0; c < channels; ++c) {
      T& v = planes.colour[i * channels + c];
      const double whole = static_cast<double>(v) * static_cast<double>(kMost) / alpha;
      if constexpr (std::is_same_v<T, float>) {
        v = static_cast<float>(whole);
      } else {
        v = static_cast<T>(std::min(std::nearbyint(whole), static_cast<double>(kMost)));
      }
    }
  }
}

/// The reverse, for one sample of a float image.
inline float multiplied_by_alpha(float colour, float alpha) {
  return alpha == 0 ? colour : colour * alpha;
}

}  // namespace qsample
