// Scaling and drawing by OpenCV, in a module that is loaded when first needed.
#pragma once

#include <cstdint>
#include <span>

#include "qsample/image.h"
#include "qsample/jobs/options.h"

namespace qsample {

/// A place in a picture, in pixels: (0, 0) is the upper left corner of the first pixel.
struct Point {
  double x, y;
};

/// What is seen of `under` behind `over`, of which there is a share of 255.
[[nodiscard]] constexpr std::uint8_t blended(int under, int over, int share) {
  return static_cast<std::uint8_t>((under * (255 - share) + over * share + 127) / 255);
}

/// The image in another size: its colours and its alpha, each by itself, as OpenCV's `filter` makes
/// them; OpenCV is added to its readers. Throws Error where the module can't be loaded.
[[nodiscard]] Image resized(const Image& image, int width, int height, ViewFilter filter);

/// The same for x_0: scaled down it is smoothed, by each filter but nearest over as many pixels as
/// it stands for (as Pillow has it; OpenCV's own linear, cubic and Lanczos leave pixels out).
[[nodiscard]] Image resampled(const Image& image, int width, int height, ViewFilter filter);

/// Draws a smooth line through all points into an RGB image of 8 bits; its width holds to a fifth
/// of a pixel. Throws Error where the module can't be loaded.
void draw_line(Image& image, std::span<const Point> points, double width, Colour colour);

}  // namespace qsample
