#include "qsample/processes/blur.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "base/fail.h"
#include "base/parallel.h"
#include "core/processes/blur_lines.h"
#include "core/processes/cosine_transform.h"

namespace qsample {

std::vector<double> heat_left(std::size_t length, double time) {
  std::vector<double> left(length);
  for (std::size_t k = 0; k < length; ++k) {
    const double root = std::numbers::pi * static_cast<double>(k) / static_cast<double>(length);
    left[k] = std::exp(-root * root * time);
  }
  return left;
}

void for_each_pair(PlaneLines lines, std::span<double> plane, int workers,
                   const std::function<void(CosineTransform::Lines&)>& change) {
  // Lines side by side are taken together, so that what one thread reads lies together.
  constexpr std::size_t kAtOnce = 16;
  const CosineTransform transform(lines.length);
  parallel_for((lines.count + kAtOnce - 1) / kAtOnce, workers, [&](std::size_t block) {
    std::vector<CosineTransform::Lines> pairs(kAtOnce / 2, CosineTransform::Lines(transform));
    const std::size_t first = block * kAtOnce;
    const std::size_t count = std::min(kAtOnce, lines.count - first);
    const auto sample = [&](std::size_t line, std::size_t i) -> double& {
      return plane[(first + line) * lines.between + i * lines.stride];
    };
    for (std::size_t i = 0; i < lines.length; ++i) {
      for (std::size_t l = 0; l < count; ++l) pairs[l / 2].at(l % 2, i) = sample(l, i);
    }
    for (std::size_t pair = 0; 2 * pair < count; ++pair) change(pairs[pair]);
    for (std::size_t i = 0; i < lines.length; ++i) {
      for (std::size_t l = 0; l < count; ++l) sample(l, i) = pairs[l / 2].at(l % 2, i);
    }
  });
}

std::array<PlaneLines, 2> lines_of(int width, int height) {
  const auto w = static_cast<std::size_t>(width);
  const auto h = static_cast<std::size_t>(height);
  return {PlaneLines{w, h, 1, w}, PlaneLines{h, w, w, 1}};
}

void blur_plane(const Blur& blur, int width, int height, std::span<double> plane, int workers) {
  if (plane.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {
    fail("a plane of ", plane.size(), " samples is not ", width, "x", height);
  }
  if (blur.sigma == 0 || blur.min_scale == 1) return;
  std::vector<double> sharp;
  if (blur.min_scale != 0) sharp.assign(plane.begin(), plane.end());
  // exp(-lambda tau) is a product, so that lines and columns are blurred each by themselves.
  for (const PlaneLines& lines : lines_of(width, height)) {
    const auto left = heat_left(lines.length, blur.sigma * blur.sigma / 2);
    for_each_pair(lines, plane, workers, [&](CosineTransform::Lines& pair) {
      pair.forward();
      for (std::size_t k = 0; k < lines.length; ++k) {
        pair.at(0, k) *= left[k];
        pair.at(1, k) *= left[k];
      }
      pair.inverse();
    });
  }
  for (std::size_t i = 0; i < sharp.size(); ++i) {
    plane[i] = blur.min_scale * sharp[i] + (1 - blur.min_scale) * plane[i];
  }
}

}  // namespace qsample
