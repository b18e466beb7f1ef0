#include "opencv/drawing/drawing.h"

#include <string>
#include <type_traits>
#include <vector>

#include "image/plugin.h"
#include "opencv/drawing/drawing_module.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr plugin::Module kModule = {"drawing", "OpenCV's image processing (Debian: qsample-opencv)",
                                    "scaling and drawing"};

template <class T>
Drawing::Resize<T> resize_of(const Drawing::Resizing& resizing) {
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return resizing.of8;
  } else if constexpr (std::is_same_v<T, std::uint16_t>) {
    return resizing.of16;
  } else if constexpr (std::is_same_v<T, float>) {
    return resizing.of32;
  } else {
    return resizing.of64;
  }
}

// The others whose work an image is: "Little CMS 2.14, OpenCV 4.6.0".
void add_reader(std::string& readers, const std::string& one) {
  if (readers.find(one) != std::string::npos) return;
  readers += (readers.empty() ? "" : ", ") + one;
}

Image resized_by(const Image& image, int width, int height, ViewFilter filter,
                 const Drawing::Resizing& resizing, const char* version) {
  if (image.items > 1 || image.frames > 1) throw Error("tensors of several images are not scaled");
  Image out{width, height, image.channels, {}, image.annotations, image.damage, image.mapped_depth};
  out.reader = image.reader;
  add_reader(out.reader, version);
  std::visit(
      [&]<class T>(const Planes<T>& from) {
        const auto scaled = [&](const std::vector<T>& samples, int channels) {
          std::vector<T> to(out.pixels() * static_cast<std::size_t>(channels));
          resize_of<T>(resizing)(samples, image.width, image.height, to, width, height, channels,
                                 filter);
          return to;
        };
        Planes<T> planes{scaled(from.colour, image.channels), {}};
        if (!from.alpha.empty()) planes.alpha = scaled(from.alpha, 1);
        out.planes = std::move(planes);
      },
      image.planes);
  return out;
}

}  // namespace

Image resized(const Image& image, int width, int height, ViewFilter filter) {
  const auto& drawing = plugin::load<Drawing>(kModule);
  if (filter == ViewFilter::automatic) {
    filter = width < image.width ? ViewFilter::area : ViewFilter::nearest;
  }
  return resized_by(image, width, height, filter, drawing.plain, drawing.version);
}

Image resampled(const Image& image, int width, int height, ViewFilter filter) {
  const auto& drawing = plugin::load<Drawing>(kModule);
  const bool leaves_out =
      filter == ViewFilter::linear || filter == ViewFilter::cubic || filter == ViewFilter::lanczos;
  const bool smooth = leaves_out && (width < image.width || height < image.height);
  return resized_by(image, width, height, filter, smooth ? drawing.smooth : drawing.plain,
                    drawing.version);
}

void draw_line(Image& image, std::span<const Point> points, double width, Colour colour) {
  auto& rgb = std::get<Planes<std::uint8_t>>(image.planes).colour;
  plugin::load<Drawing>(kModule).line(rgb, image.width, image.height, points, width, colour);
}

}  // namespace qsample
