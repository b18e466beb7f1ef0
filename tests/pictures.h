// Small images for tests, with every value different from its neighbours.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "qsample/image.h"

namespace qsample {

template <class T>
Image picture(int width, int height, int channels, bool alpha) {
  Image image{width, height, channels, {}};
  Planes<T> planes;
  planes.colour.resize(image.samples());
  std::uint32_t state = 1;
  const auto next = [&] {
    state = state * 1664525 + 1013904223;
    if constexpr (std::is_same_v<T, float>) {
      return static_cast<float>(state >> 8) * 0x1p-22F - 2;
    } else {
      return static_cast<T>(state >> 16);
    }
  };
  for (T& v : planes.colour) v = next();
  if (alpha) planes.alpha.resize(image.pixels());
  for (T& v : planes.alpha) v = next();
  image.planes = planes;
  return image;
}

inline bool same_pixels(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height || a.channels != b.channels) return false;
  if (a.planes.index() != b.planes.index()) return false;
  return std::visit(
      [&]<class P>(const P& p) {
        const auto& q = std::get<P>(b.planes);
        return p.colour == q.colour && p.alpha == q.alpha;
      },
      a.planes);
}

/// Colours and alpha as file formats interleave them: G, GA, RGB or RGBA.
template <class T>
std::vector<T> interleave(const Planes<T>& planes, std::size_t channels) {
  if (planes.alpha.empty()) return planes.colour;
  std::vector<T> out(planes.colour.size() + planes.alpha.size());
  std::size_t to = 0;
  for (std::size_t i = 0; i < planes.alpha.size(); ++i) {
    for (std::size_t c = 0; c < channels; ++c) out[to++] = planes.colour[i * channels + c];
    out[to++] = planes.alpha[i];
  }
  return out;
}

}  // namespace qsample
