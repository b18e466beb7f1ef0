// What the module of drawing provides.
#pragma once

#include <cstdint>
#include <span>

#include "opencv/drawing/drawing.h"

namespace qsample {

struct Drawing {
  /// Scales interleaved samples of T, `channels` a pixel. `filter` is not automatic.
  template <class T>
  using Resize = void (*)(std::span<const T> from, int width, int height, std::span<T> to,
                          int to_width, int to_height, int channels, ViewFilter filter);

  struct Resizing {
    Resize<std::uint8_t> of8;
    Resize<std::uint16_t> of16;
    Resize<float> of32;
    Resize<double> of64;
  };

  Resizing plain;   ///< as OpenCV does it
  Resizing smooth;  ///< by linear, cubic and lanczos, over all that a pixel stands for
  void (*line)(std::span<std::uint8_t> rgb, int width, int height, std::span<const Point> points,
               double line_width, Colour colour);
  const char* version;  ///< "OpenCV 4.6.0"
};

}  // namespace qsample
