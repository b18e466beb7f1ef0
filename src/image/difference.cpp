#include "image/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace qsample {
namespace {

std::string shape_of(const Image& image) {
  std::string text =
      fmt::format("{}x{}, {} channel{}{}", image.width, image.height, image.channels,
                  image.channels == 1 ? "" : "s", image.has_alpha() ? ", alpha" : "");
  if (image.frames > 1) text += fmt::format(", {} frames", image.frames);
  if (image.items > 1) text += fmt::format(", {} items", image.items);
  return text + fmt::format(", {} bits", image.depth());
}

// Of samples that lie so many to a pixel.
struct Unequal {
  std::size_t count = 0;
  std::size_t first_pixel = 0;
  double most = 0;

  template <class T>
  void add(const std::vector<T>& a, const std::vector<T>& b, std::size_t per_pixel) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i] == b[i]) continue;
      const std::size_t pixel = i / per_pixel;
      first_pixel = count == 0 ? pixel : std::min(first_pixel, pixel);
      ++count;
      most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    }
  }
};

}  // namespace

std::string difference(const Image& a, const Image& b) {
  if (const auto one = shape_of(a), other = shape_of(b); one != other) {
    return fmt::format("it is {}, not {}", one, other);
  }
  return std::visit(
      [&]<class T>(const Planes<T>& planes) {
        const auto& others = std::get<Planes<T>>(b.planes);
        Unequal unequal;
        unequal.add(planes.colour, others.colour, static_cast<std::size_t>(a.channels));
        unequal.add(planes.alpha, others.alpha, 1);
        if (unequal.count == 0) return std::string();
        const auto width = static_cast<std::size_t>(a.width);
        return fmt::format("{} of {} samples differ, by at most {:.6g}, the first at x {}, y {}",
                           unequal.count, planes.colour.size() + planes.alpha.size(), unequal.most,
                           unequal.first_pixel % width, unequal.first_pixel / width);
      },
      a.planes);
}

}  // namespace qsample
