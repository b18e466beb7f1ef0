// The frames of a trajectory in the order in which they are shown.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "qsample/jobs/film.h"

namespace qsample {

/// A frame, and how many times it is shown before the next.
struct Shot {
  int t;
  std::size_t times;
};

/// Of timesteps that ascend, which may repeat: there, and back where the film is a boomerang, with
/// the ends held. `ts` is not empty.
[[nodiscard]] std::vector<Shot> shots_of(std::span<const int> ts, const FilmOptions& film);

/// How many times frames are shown, in all.
[[nodiscard]] std::size_t shown_frames(std::span<const Shot> shots);

}  // namespace qsample
