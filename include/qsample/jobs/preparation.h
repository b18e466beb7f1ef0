// What is done to an image before it is noised.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "qsample/image.h"

namespace qsample {

/// How an image is scaled; as OpenCV does it, which names them so.
enum class ViewFilter {
  automatic,  ///< area where it becomes smaller; larger, a view by nearest, x_0 by lanczos
  nearest,
  area,  ///< the mean of what a pixel covers
  linear,
  cubic,
  lanczos
};

inline constexpr ViewFilter kViewFilters[] = {ViewFilter::automatic, ViewFilter::nearest,
                                              ViewFilter::area,      ViewFilter::linear,
                                              ViewFilter::cubic,     ViewFilter::lanczos};

/// The name of a filter: "auto", "nearest", ...
[[nodiscard]] std::string_view filter_name(ViewFilter filter);

/// Pixels a side of a view or of a prepared image, at the most.
inline constexpr int kLongestSide = 65535;

/// What becomes of an image of another shape than the size that is asked for.
enum class Crop {
  centre,  ///< it is scaled to cover the size, and its middle taken
  random,  ///< the same, and a part taken that the seed says
  none     ///< it is scaled to fit within the size, in its own shape
};

/// Which colours an image is made to have.
enum class ColourMode { keep, rgb, grey };

/// What becomes of an alpha channel.
enum class AlphaMode { keep, drop, flatten };

inline constexpr Crop kCrops[] = {Crop::centre, Crop::random, Crop::none};
inline constexpr ColourMode kColourModes[] = {ColourMode::keep, ColourMode::rgb, ColourMode::grey};

[[nodiscard]] constexpr std::string_view crop_name(Crop crop) {
  return crop == Crop::centre ? "centre" : crop == Crop::random ? "random" : "none";
}
[[nodiscard]] constexpr std::string_view mode_name(ColourMode mode) {
  return mode == ColourMode::keep ? "keep" : mode == ColourMode::rgb ? "rgb" : "grey";
}

/// The steps, in their order: upright, then these fields one after the other.
struct Preparation {
  AlphaMode alpha = AlphaMode::keep;
  Colour background = {};  ///< of what is flattened
  /// grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); the colour profile is left out where the
  /// colours change.
  ColourMode mode = ColourMode::keep;
  int width = 0;  ///< 0: as it is
  int height = 0;
  /// Scaled down it is smoothed, whatever the filter but nearest.
  ViewFilter filter = ViewFilter::automatic;
  Crop crop = Crop::centre;
  std::uint64_t seed = 0;  ///< of a random crop: uniform_bits() 1 and 2 of its first draw

  [[nodiscard]] bool scales() const { return width != 0; }
  explicit operator bool() const {
    return scales() || alpha != AlphaMode::keep || mode != ColourMode::keep;
  }
};

}  // namespace qsample
