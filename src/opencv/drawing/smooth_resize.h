// Scaling over all that a pixel stands for: the filter as wide as the pixel is, as in Pillow.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>
#include <type_traits>
#include <vector>

#include "qsample/jobs/preparation.h"

namespace qsample {

/// The weights, in floats of type F, of the samples of a row for those of a shorter or longer one.
template <class F>
class ResizeWeights {
 public:
  /// `filter` is linear, cubic (Keys with a = -1/2) or lanczos (of three lobes).
  ResizeWeights(int from, int to, ViewFilter filter) {
    const double scale = static_cast<double>(from) / to;
    const double stretch = std::max(1.0, scale);
    const double reach = support(filter) * stretch;
    for (int i = 0; i < to; ++i) {
      const double middle = (i + 0.5) * scale;
      const int begin = std::max(0, nearest_whole(middle - reach));
      const int end = std::min(from, nearest_whole(middle + reach));
      const auto first = weights_.size();
      double sum = 0;
      for (int k = begin; k < end; ++k) {
        const double weight = value(filter, (k - middle + 0.5) / stretch);
        weights_.push_back(static_cast<F>(weight));
        sum += weight;
      }
      for (auto w = first; w < weights_.size(); ++w) {
        weights_[w] = static_cast<F>(static_cast<double>(weights_[w]) / sum);
      }
      taps_.push_back({static_cast<std::size_t>(begin), first, weights_.size() - first});
    }
  }

  struct Taps {
    std::size_t begin;  ///< the first sample
    std::size_t first, count;
  };
  [[nodiscard]] const std::vector<Taps>& taps() const { return taps_; }
  [[nodiscard]] const F* weights(const Taps& taps) const { return &weights_[taps.first]; }

 private:
  static double support(ViewFilter filter) {
    return filter == ViewFilter::linear ? 1 : filter == ViewFilter::cubic ? 2 : 3;
  }

  static int nearest_whole(double value) { return static_cast<int>(std::floor(value + 0.5)); }

  static double sinc(double x) {
    const double angle = x * std::numbers::pi;
    return angle == 0 ? 1 : std::sin(angle) / angle;
  }

  static double value(ViewFilter filter, double x) {
    constexpr double kA = -0.5;
    x = std::abs(x);
    switch (filter) {
      case ViewFilter::linear: return std::max(0.0, 1 - x);
      case ViewFilter::cubic:
        if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * kA : 0;
      default: return x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
  }

  std::vector<Taps> taps_;
  std::vector<F> weights_;
};

/// Scales interleaved samples, rows first.
template <class T>
void smooth_resize(std::span<const T> from, int width, int height, std::span<T> to, int to_width,
                   int to_height, int channels, ViewFilter filter) {
  using F = std::conditional_t<std::is_same_v<T, double>, double, float>;
  const ResizeWeights<F> across(width, to_width, filter);
  const ResizeWeights<F> down(height, to_height, filter);
  const auto colours = static_cast<std::size_t>(channels);
  const std::size_t row = static_cast<std::size_t>(to_width) * colours;
  std::vector<F> narrow(row * static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
    const T* line = &from[y * static_cast<std::size_t>(width) * colours];
    F* out = &narrow[y * row];
    for (const auto& taps : across.taps()) {
      const F* weights = across.weights(taps);
      for (std::size_t c = 0; c < colours; ++c) {
        const T* at = line + taps.begin * colours + c;
        F sum = 0;
        for (std::size_t k = 0; k < taps.count; ++k, at += colours) {
          sum += weights[k] * static_cast<F>(*at);
        }
        *out++ = sum;
      }
    }
  }
  std::vector<F> sums(row);
  T* out = to.data();
  for (const auto& taps : down.taps()) {
    const F* weights = down.weights(taps);
    std::fill(sums.begin(), sums.end(), F(0));
    for (std::size_t k = 0; k < taps.count; ++k) {
      const F* line = &narrow[(taps.begin + k) * row];
      for (std::size_t i = 0; i < row; ++i) sums[i] += weights[k] * line[i];
    }
    for (const F sum : sums) {
      if constexpr (std::is_floating_point_v<T>) {
        *out++ = sum;
      } else {
        constexpr F kMost = std::numeric_limits<T>::max();
        *out++ = static_cast<T>(std::nearbyint(std::clamp(sum, F(0), kMost)));
      }
    }
  }
}

}  // namespace qsample
