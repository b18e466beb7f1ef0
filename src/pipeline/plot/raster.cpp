#include "pipeline/plot/raster.h"

#include <cmath>
#include <numbers>

#include "image/image_io.h"
#include "opencv/drawing/canvas.h"
#include "pipeline/plot/theme.h"

namespace qsample::plot {
namespace {

Colour colour_of(std::uint32_t rgb) {
  return {static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8),
          static_cast<std::uint8_t>(rgb)};
}

// A disc is a line as wide as it is, hardly any long: its ends are round.
void disc(Canvas& canvas, Point at, double radius, Colour colour) {
  constexpr double kLength = 0.01;
  const Point line[] = {at, {at.x + kLength, at.y}};
  canvas.line(line, 2 * radius, colour);
}

class Painter {
 public:
  Painter(const Plot& plot, const Palette& palette)
      : palette_(palette), canvas_(plot.width, plot.height, colour_of(palette.paper)) {}

  void draw(const Group& group) {
    for (const Stroke& stroke : group.strokes) {
      const Colour colour = colour_of(palette_.colour(stroke.paint));
      for (const Polyline& dash : dashed(stroke.points, stroke.dashes)) {
        if (dash.size() > 1) canvas_.line(dash, stroke.width, colour);
      }
    }
    for (const Dot& dot : group.dots) {
      disc(canvas_, dot.at, dot.radius, colour_of(palette_.colour(dot.paint)));
      if (dot.hollow) disc(canvas_, dot.at, kInside * dot.radius, colour_of(palette_.paper));
    }
    for (const Text& text : group.texts) {
      if (text.halo) draw_halo(text);
    }
    for (const Text& text : group.texts) {
      canvas_.text(text.at, text.text,
                   {text.size, colour_of(palette_.colour(text.paint)), text.anchor});
    }
  }

  [[nodiscard]] const Image& image() { return canvas_.image(); }

 private:
  void draw_halo(const Text& text) {
    constexpr int kPlaces = 8;
    const double radius = kHalo / 2 * text.size;
    for (int i = 0; i < kPlaces; ++i) {
      const double angle = 2 * std::numbers::pi * i / kPlaces;
      canvas_.text({text.at.x + radius * std::cos(angle), text.at.y + radius * std::sin(angle)},
                   text.text, {text.size, colour_of(palette_.paper), text.anchor});
    }
  }

  const Palette& palette_;
  Canvas canvas_;
};

}  // namespace

void write_png(const Plot& plot, Theme theme, const std::string& name, const RunOptions& run,
               const Sink& sink) {
  Painter painter(plot, theme == Theme::dark ? kDark : kLight);
  for (const Group& group : plot.groups) {
    throw_if(run.stop);
    painter.draw(group);
  }
  encode_image(painter.image(), {.extension = ".png", .run = run}, name, sink);
}

}  // namespace qsample::plot
