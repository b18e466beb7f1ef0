// A picture that is drawn.
#pragma once

#include <span>
#include <string_view>

#include "opencv/drawing/drawing.h"

namespace qsample {

/// Pixels x .. x + width - 1, y .. y + height - 1.
struct Box {
  int x, y, width, height;
};

/// Where a text stands from the point that it is given.
enum class Anchor { start, middle, end };

struct Lettering {
  double size;  ///< pixels an em
  Colour colour;
  Anchor anchor = Anchor::start;
};

/// An opaque RGB picture of 8 bits. What lies outside of it is cut off.
class Canvas {
 public:
  Canvas(int width, int height, Colour background);

  [[nodiscard]] int width() const { return image_.width; }
  [[nodiscard]] int height() const { return image_.height; }

  void fill(const Box& box, Colour colour);
  /// A frame of whole pixels inside of the box.
  void outline(const Box& box, int thickness, Colour colour);
  /// An image of 8 bits, grey or RGB, its upper left pixel at (x, y); its alpha shows what is
  /// below.
  void place(int x, int y, const Image& image);
  /// A smooth line through all points. Throws Error where OpenCV can't be loaded.
  void line(std::span<const Point> points, double width, Colour colour);
  /// A line of text in UTF-8, `at` on its baseline.
  void text(Point at, std::string_view text, const Lettering& lettering);

  [[nodiscard]] Image& image() { return image_; }

 private:
  [[nodiscard]] std::uint8_t* pixel(int x, int y);

  Image image_;
};

}  // namespace qsample
