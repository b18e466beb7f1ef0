#include "pipeline/view.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "opencv/drawing/drawing.h"

namespace qsample {

std::string_view filter_name(ViewFilter filter) {
  switch (filter) {
    case ViewFilter::automatic: return "auto";
    case ViewFilter::nearest: return "nearest";
    case ViewFilter::area: return "area";
    case ViewFilter::linear: return "linear";
    case ViewFilter::cubic: return "cubic";
    case ViewFilter::lanczos: return "lanczos";
  }
  return {};
}

ViewSize view_size(const Image& image, const View& view) {
  if (!view) return {image.width, image.height};
  const double scale = std::min(static_cast<double>(view.width) / image.width,
                                static_cast<double>(view.height) / image.height);
  const auto side = [&](int length, int most) {
    return std::clamp(static_cast<int>(std::lround(scale * length)), 1, most);
  };
  return {side(image.width, view.width), side(image.height, view.height)};
}

Frame viewed(Frame frame, const View& view) {
  const auto [width, height] = view_size(frame.image, view);
  if (width == frame.image.width && height == frame.image.height) return frame;
  frame.image = resized(frame.image, width, height, view.filter);
  return frame;
}

std::size_t view_memory(const Image& image, int depth, const View& view) {
  if (!view) return 0;
  const auto [width, height] = view_size(image, view);
  const auto samples = static_cast<std::size_t>(image.channels) + (image.has_alpha() ? 1 : 0);
  return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * samples *
         static_cast<std::size_t>(depth) / 8;
}

}  // namespace qsample
