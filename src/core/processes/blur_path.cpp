#include "qsample/processes/blur_path.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/parallel.h"
#include "core/bridge_tree.h"
#include "core/processes/blur_lines.h"

namespace qsample {
namespace {

// alpha_{t|s} of each frequency of one image.
class Kept {
 public:
  Kept(const NoiseSchedule& schedule, const std::function<Blur(int)>& blur, int s, int t,
       PlaneShape shape)
      : alpha_(schedule.step(s, t).x0) {
    const Blur from = blur(s);
    const Blur to = blur(t);
    least_ = to.min_scale;
    const auto height = static_cast<std::size_t>(shape.height);
    const auto width = static_cast<std::size_t>(shape.width);
    const double begin = from.sigma * from.sigma / 2;
    const double end = to.sigma * to.sigma / 2;
    if (least_ == 0) {
      // What is left at s may be too little for a double, while its share at t is not.
      rows_ = {heat_left(height, end - begin), {}};
      columns_ = {heat_left(width, end - begin), {}};
    } else {
      rows_ = {heat_left(height, end), heat_left(height, begin)};
      columns_ = {heat_left(width, end), heat_left(width, begin)};
    }
  }

  [[nodiscard]] double at(std::size_t row, std::size_t column) const {
    const double now = rows_[0][row] * columns_[0][column];
    if (least_ == 0) return alpha_ * now;
    const double before = rows_[1][row] * columns_[1][column];
    return alpha_ * (least_ + (1 - least_) * now) / (least_ + (1 - least_) * before);
  }

 private:
  double alpha_;
  double least_;
  std::array<std::vector<double>, 2> rows_, columns_;  // at t, and at s
};

// The noise of each frequency.
class BlurredNoise {
 public:
  using State = std::vector<float>;

  BlurredNoise(const NoiseSchedule& schedule, const NoiseSource& noise,
               const std::function<Blur(int)>& blur, PlaneShape shape,
               const NoisePath::Visitor& visitor, const NoisePath::Poll& poll, int workers)
      : schedule_(schedule),
        noise_(noise),
        blur_(blur),
        shape_(shape),
        visitor_(visitor),
        poll_(poll),
        workers_(workers) {}

  void draw_end(int t, State& out) const {
    draw_rows(t, out, [&](std::size_t /*row*/, std::size_t /*at*/, std::span<float> z) {
      for (float& sample : z) sample *= static_cast<float>(schedule_.sigma(t));
    });
  }

  void draw_between(int a, const State& at_a, int m, int c, const State& at_c, State& out) const {
    const Kept before(schedule_, blur_, a, m, shape_);
    const Kept after(schedule_, blur_, m, c, shape_);
    const auto square = [](double x) { return x * x; };
    const double variance_a = square(schedule_.sigma(a));
    const double variance_m = square(schedule_.sigma(m));
    const double variance_c = square(schedule_.sigma(c));
    const auto channels = static_cast<std::size_t>(shape_.channels);
    draw_rows(m, out, [&](std::size_t row, std::size_t at, std::span<float> z) {
      for (std::size_t column = 0; column < static_cast<std::size_t>(shape_.width); ++column) {
        // As NoiseSchedule::bridge has it.
        const double kept = before.at(row, column);
        const double kept_after = after.at(row, column);
        const double added = std::max(0.0, variance_m - square(kept) * variance_a);
        const double added_after = std::max(0.0, variance_c - square(kept_after) * variance_m);
        const double both = added_after + square(kept_after) * added;
        const bool follows = !(both > 0);
        const double from_a = follows ? kept : kept * added_after / both;
        const double from_c = follows ? 0 : kept_after * added / both;
        const double eps = follows ? 0 : std::sqrt(added * added_after / both);
        for (std::size_t i = column * channels; i < (column + 1) * channels; ++i) {
          z[i] = static_cast<float>(from_a * static_cast<double>(at_a[at + i]) +
                                    from_c * static_cast<double>(at_c[at + i]) +
                                    eps * static_cast<double>(z[i]));
        }
      }
    });
  }

  // From frequencies to samples.
  void emit(int t, const State& noise) const {
    const auto channels = static_cast<std::size_t>(shape_.channels);
    const std::size_t pixels = row_samples() / channels * static_cast<std::size_t>(shape_.height);
    std::vector<double> plane(pixels);
    State samples(noise.size());
    for (std::size_t first = 0; first < noise.size(); first += pixels * channels) {
      for (std::size_t channel = first; channel < first + channels; ++channel) {
        for (std::size_t i = 0; i < pixels; ++i) {
          plane[i] = static_cast<double>(noise[channel + i * channels]);
        }
        for (const PlaneLines& lines : lines_of(shape_.width, shape_.height)) {
          for_each_pair(lines, plane, workers_,
                        [](CosineTransform::Lines& pair) { pair.inverse(); });
        }
        for (std::size_t i = 0; i < pixels; ++i) {
          samples[channel + i * channels] = static_cast<float>(plane[i]);
        }
      }
    }
    visitor_(t, {schedule_.alpha(t), 1}, samples);
  }

 private:
  [[nodiscard]] std::size_t row_samples() const {
    return static_cast<std::size_t>(shape_.width) * static_cast<std::size_t>(shape_.channels);
  }

  // Each row of `out` becomes what `change` makes of the Gaussians of this node.
  template <class Change>
  void draw_rows(int node, State& out, const Change& change) const {
    const std::size_t length = row_samples();
    const auto height = static_cast<std::size_t>(shape_.height);
    parallel_for(out.size() / length, workers_, [&](std::size_t row) {
      if (poll_) poll_();
      const std::span z = std::span(out).subspan(row * length, length);
      noise_.fill(stream_of(schedule_, node), row * length, z);
      change(row % height, row * length, z);
    });
  }

  const NoiseSchedule& schedule_;
  const NoiseSource& noise_;
  const std::function<Blur(int)>& blur_;
  PlaneShape shape_;
  const NoisePath::Visitor& visitor_;
  const NoisePath::Poll& poll_;
  int workers_;
};

}  // namespace

void BlurredPath::visit(std::span<const int> ts, const NoisePath::Visitor& visitor,
                        const NoisePath::Poll& poll, int workers) const {
  check_ascends(schedule_, ts);
  const auto count =
      static_cast<std::size_t>(shape_.width) * static_cast<std::size_t>(shape_.height) *
      static_cast<std::size_t>(shape_.channels) * static_cast<std::size_t>(shape_.planes);
  BlurredNoise noise(schedule_, noise_, blur_, shape_, visitor, poll, workers);
  BridgeTree(schedule_, count, noise).visit(ts);
}

}  // namespace qsample
