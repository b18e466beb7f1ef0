#include "peers/trainers/pyramid.h"

#include <algorithm>
#include <cmath>

#include "base/fail.h"
#include "peers/trainers/python_random.h"

namespace qsample {
namespace {

// Between which two samples of a row or column one lies, and how near to the second.
struct Between {
  std::size_t first, second;
  float weight;
};

std::vector<Between> between(int from, int to) {
  std::vector<Between> all;
  const float scale = static_cast<float>(from) / static_cast<float>(to);
  for (int i = 0; i < to; ++i) {
    const float at = std::max(0.0F, (static_cast<float>(i) + 0.5F) * scale - 0.5F);
    const int first = std::min(static_cast<int>(at), from - 1);
    const int second = std::min(first + 1, from - 1);
    all.push_back({static_cast<std::size_t>(first), static_cast<std::size_t>(second),
                   std::clamp(at - static_cast<float>(first), 0.0F, 1.0F)});
  }
  return all;
}

}  // namespace

std::vector<NoiseShape> pyramid_levels(const NoiseAdditions& additions, std::uint64_t seed,
                                       const NoiseShape& shape) {
  PythonRandom random(additions.pyramid_seed.value_or(seed));
  std::vector<NoiseShape> levels;
  for (int l = 0; l < additions.pyramid; ++l) {
    const double ratio = 2 + 2 * random.random();
    double divisor = 1;
    for (int i = 0; i < l; ++i) divisor *= ratio;
    const auto side = [&](int whole) { return std::max(1, static_cast<int>(whole / divisor)); };
    levels.push_back({side(shape.width), side(shape.height), shape.channels, shape.frames,
                      shape.items, shape.dtype});
    if (levels.back().width == 1 || levels.back().height == 1) break;
  }
  return levels;
}

void add_level(std::span<const float> level, const NoiseShape& from, float weight,
               const NoiseShape& shape, std::span<float> eps) {
  const auto columns = between(from.width, shape.width);
  const auto rows = between(from.height, shape.height);
  const auto channels = static_cast<std::size_t>(shape.channels);
  const std::size_t stride = static_cast<std::size_t>(from.width) * channels;
  const std::size_t frame = stride * static_cast<std::size_t>(from.height);
  std::size_t i = 0;
  for (; !level.empty(); level = level.subspan(frame)) {
    for (const Between& y : rows) {
      const auto upper = level.subspan(y.first * stride, stride);
      const auto lower = level.subspan(y.second * stride, stride);
      for (const Between& x : columns) {
        for (std::size_t c = 0; c < channels; ++c) {
          const std::size_t left = x.first * channels + c;
          const std::size_t right = x.second * channels + c;
          const float above = (1 - x.weight) * upper[left] + x.weight * upper[right];
          const float below = (1 - x.weight) * lower[left] + x.weight * lower[right];
          eps[i++] += weight * ((1 - y.weight) * above + y.weight * below);
        }
      }
    }
  }
}

void normalize(std::span<float> eps) {
  if (eps.size() < 2) fail(Named{"pyramid-noise"}, ": one sample has no standard deviation");
  const auto count = static_cast<double>(eps.size());
  double sum = 0;
  for (const float x : eps) sum += static_cast<double>(x);
  double squares = 0;
  for (const float x : eps) {
    const double distance = static_cast<double>(x) - sum / count;
    squares += distance * distance;
  }
  const auto deviation = static_cast<float>(std::sqrt(squares / (count - 1)));
  for (float& x : eps) x /= deviation;
}

}  // namespace qsample
