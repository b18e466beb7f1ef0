#include "opencv/drawing/canvas.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "opencv/drawing/lettering.h"

namespace qsample {

Canvas::Canvas(int width, int height, Colour background) {
  image_.width = width;
  image_.height = height;
  image_.channels = 3;
  Planes<std::uint8_t> planes;
  planes.colour.resize(image_.samples());
  image_.planes = std::move(planes);
  fill({0, 0, width, height}, background);
}

std::uint8_t* Canvas::pixel(int x, int y) {
  const auto index = static_cast<std::size_t>(y) * static_cast<std::size_t>(image_.width) +
                     static_cast<std::size_t>(x);
  return &std::get<Planes<std::uint8_t>>(image_.planes).colour[3 * index];
}

void Canvas::fill(const Box& box, Colour colour) {
  const int right = std::min(box.x + box.width, width());
  const int bottom = std::min(box.y + box.height, height());
  for (int y = std::max(box.y, 0); y < bottom; ++y) {
    for (int x = std::max(box.x, 0); x < right; ++x) {
      std::uint8_t* rgb = pixel(x, y);
      rgb[0] = colour.red;
      rgb[1] = colour.green;
      rgb[2] = colour.blue;
    }
  }
}

void Canvas::outline(const Box& box, int thickness, Colour colour) {
  fill({box.x, box.y, box.width, thickness}, colour);
  fill({box.x, box.y + box.height - thickness, box.width, thickness}, colour);
  fill({box.x, box.y, thickness, box.height}, colour);
  fill({box.x + box.width - thickness, box.y, thickness, box.height}, colour);
}

void Canvas::place(int x, int y, const Image& image) {
  const auto& planes = std::get<Planes<std::uint8_t>>(image.planes);
  const int right = std::min(image.width, width() - x);
  const int bottom = std::min(image.height, height() - y);
  for (int v = std::max(0, -y); v < bottom; ++v) {
    for (int u = std::max(0, -x); u < right; ++u) {
      const auto index = static_cast<std::size_t>(v) * static_cast<std::size_t>(image.width) +
                         static_cast<std::size_t>(u);
      const int share = planes.alpha.empty() ? 255 : planes.alpha[index];
      const auto channels = static_cast<std::size_t>(image.channels);
      std::uint8_t* rgb = pixel(x + u, y + v);
      for (std::size_t c = 0; c < 3; ++c) {
        const int over = planes.colour[index * channels + (channels == 1 ? 0 : c)];
        rgb[c] = blended(rgb[c], over, share);
      }
    }
  }
}

void Canvas::line(std::span<const Point> points, double width, Colour colour) {
  draw_line(image_, points, width, colour);
}

void Canvas::text(Point at, std::string_view text, const Lettering& lettering) {
  const double width = text_width(text, lettering.size);
  switch (lettering.anchor) {
    case Anchor::start: break;
    case Anchor::middle: at.x -= width / 2; break;
    case Anchor::end: at.x -= width; break;
  }
  draw_text(image_, at, text, lettering.size, lettering.colour);
}

}  // namespace qsample
