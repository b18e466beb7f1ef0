// Which timesteps of an image are made, and how often.
#pragma once

#include <cstdint>
#include <vector>

#include "qsample/sampling/timestep_law.h"

namespace qsample {

/// Timesteps by a law, from `first` to `last`, as RandomTimesteps draws them.
struct RandomChoice {
  const TimestepLaw* law = &timestep_laws().front();
  std::vector<double> values = {};  ///< of the law's parameters; none for the defaults
  int first = 1;
  int last = -1;            ///< -1: the last step
  bool stratified = false;  ///< spread over the draws of all images: see stratified()
};

struct TimestepChoice {
  /// Ascending; a real place is the number of its point in the schedule (put_place()). None: each
  /// draw of an image has one of its own.
  std::vector<int> ts = {};
  RandomChoice random = {};
  std::uint32_t draws = 1;  ///< of the noise, for each image and timestep
  int offset = 0;           ///< what names say less than t: 1 where timesteps count from 0

  [[nodiscard]] bool is_random() const { return ts.empty(); }
};

}  // namespace qsample
