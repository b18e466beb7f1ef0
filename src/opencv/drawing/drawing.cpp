#include "opencv/drawing/drawing.h"

#include <type_traits>
#include <vector>

#include "image/plugin.h"
#include "opencv/drawing/drawing_module.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr plugin::Module kModule = {
    "drawing", "OpenCV's image processing (Debian: libopencv-imgproc-dev)", "scaling and drawing"};

template <class T>
Drawing::Resize<T> resize_of(const Drawing& drawing) {
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return drawing.resize8;
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    return drawing.resize16;
  } else {
    return drawing.resize32;
  }
}

}  // namespace

Image resized(const Image& image, int width, int height, ViewFilter filter) {
  if (image.depth() == 64)
    throw Error("64-bit floats are not scaled; `dtype` float32 makes others");
  if (image.items > 1 || image.frames > 1) throw Error("tensors of several images are not scaled");
  const auto& drawing = plugin::load<Drawing>(kModule);
  if (filter == ViewFilter::automatic) {
    filter = width < image.width ? ViewFilter::area : ViewFilter::nearest;
  }
  Image out{width, height, image.channels, {}, image.annotations, image.damage, image.mapped_depth};
  out.reader = drawing.version;
  std::visit(
      [&]<class T>(const Planes<T>& from) {
        const auto scaled = [&](const std::vector<T>& samples, int channels) {
          std::vector<T> to(out.pixels() * static_cast<std::size_t>(channels));
          if constexpr (!std::is_same_v<T, double>) {
            resize_of<T>(drawing)(samples, image.width, image.height, to, width, height, channels,
                                  filter);
          }
          return to;
        };
        Planes<T> planes{scaled(from.colour, image.channels), {}};
        if (!from.alpha.empty()) planes.alpha = scaled(from.alpha, 1);
        out.planes = std::move(planes);
      },
      image.planes);
  return out;
}

void draw_line(Image& image, std::span<const Point> points, double width, Colour colour) {
  auto& rgb = std::get<Planes<std::uint8_t>>(image.planes).colour;
  plugin::load<Drawing>(kModule).line(rgb, image.width, image.height, points, width, colour);
}

}  // namespace qsample
