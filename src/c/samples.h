// Arrays as C hands them over, and the noise of their items.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "qsample/c.h"
#include "qsample/noise.h"

namespace qsample::c {

/// A draw of a seed.
struct Draw {
  std::uint64_t seed;
  std::uint32_t number;
};

/// The draws of a call's items.
class Draws {
 public:
  /// Throws InvalidArgument for a number of seeds that is neither 1 nor that of the items, and for
  /// draws beyond kMostDraws.
  Draws(const qsample_shape& shape, const std::uint64_t* seeds, std::size_t seed_count,
        std::uint32_t draw);

  [[nodiscard]] Draw of(std::size_t item) const;

 private:
  std::span<const std::uint64_t> seeds_;
  std::uint32_t first_;  // of the first item
};

/// How the samples of an item lie: in planes, each of which has every stride-th of them as the
/// noise counts them.
struct Planes {
  std::size_t count;
  std::size_t length;

  [[nodiscard]] std::size_t samples() const { return count * length; }
};

/// Throws InvalidArgument for a layout, a dtype or a size that cannot be.
[[nodiscard]] Planes planes_of(const qsample_shape* shape);

/// Calls run(first, length) for parts of an item's planes that have at most about `most` samples
/// together, in whole groups of noise.
template <class Run>
void for_runs(const Planes& planes, std::size_t most, const Run& run) {
  constexpr std::size_t kGroup = 64;
  std::size_t whole = most / planes.count;
  whole = whole < kGroup ? std::max<std::size_t>(whole, 1) : whole / kGroup * kGroup;
  for (std::size_t first = 0; first < planes.length; first += whole) {
    run(first, std::min(whole, planes.length - first));
  }
}

/// plane[i] = the sample of plane number `plane` at place i of the run that `samples` has.
template <class T>
void take_plane(std::span<const float> samples, const Planes& planes, std::size_t number,
                std::span<T> plane) {
  const auto take = [&](std::size_t stride) {
    const float* from = samples.data() + number;
    for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = static_cast<T>(from[i * stride]);
  };
  // Strides that the compiler knows make quicker loops.
  switch (planes.count) {
    case 1: return take(1);
    case 3: return take(3);
    case 4: return take(4);
    default: return take(planes.count);
  }
}

}  // namespace qsample::c
