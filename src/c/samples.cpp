#include "c/samples.h"

#include <algorithm>
#include <limits>

#include "c/status.h"

namespace qsample::c {

Draws::Draws(const qsample_shape& shape, const std::uint64_t* seeds, std::size_t seed_count,
             std::uint32_t draw)
    : seeds_(seeds, seed_count), first_(draw) {
  check_given(seeds, "seeds");
  if (seed_count != 1 && seed_count != shape.items) {
    fail(Named{"seeds"}, ": there are ", seed_count, ", not 1 or one for each of ", shape.items,
         shape.items == 1 ? " item" : " items");
  }
  const std::size_t each = seed_count == 1 ? std::max<std::size_t>(shape.items, 1) : 1;
  if (draw >= kMostDraws / each) {
    fail(Named{"draw"}, " ", draw, " is too large: a seed has ", kMostDraws,
         " draws, and each item takes one");
  }
  if (seed_count == 1) first_ *= static_cast<std::uint32_t>(shape.items);
}

Draw Draws::of(std::size_t item) const {
  if (seeds_.size() > 1) return {seeds_[item], first_};
  return {seeds_[0], first_ + static_cast<std::uint32_t>(item)};
}

Planes planes_of(const qsample_shape* shape) {
  check_given(shape, "shape");
  if (shape->layout != QSAMPLE_CHW && shape->layout != QSAMPLE_HWC) {
    fail(Named{"layout"}, " ", shape->layout, " is not known");
  }
  if (shape->dtype != QSAMPLE_FLOAT32 && shape->dtype != QSAMPLE_FLOAT64) {
    fail(Named{"dtype"}, " ", shape->dtype, " is not known");
  }
  std::size_t left = std::numeric_limits<std::ptrdiff_t>::max() / sizeof(double);
  for (const std::size_t side : {shape->items, shape->channels, shape->pixels}) {
    if (side > 0 && (left /= side) == 0) fail(Named{"shape"}, " has more samples than memory can");
  }
  if (shape->layout == QSAMPLE_HWC) return {1, shape->channels * shape->pixels};
  return {shape->channels, shape->pixels};
}

}  // namespace qsample::c
