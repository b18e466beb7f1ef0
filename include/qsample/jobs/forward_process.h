// A schedule, a path, whose noise and what else is done to x_0: what frames are made with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "qsample/generators.h"
#include "qsample/image.h"
#include "qsample/path.h"
#include "qsample/processes/corruption.h"
#include "qsample/schedule.h"
#include "qsample/trainers/noise_additions.h"

namespace qsample {

/// An image that is an item of a batch: its noise is that item's of what is drawn for them all.
struct BatchPlace {
  int items = 1;
  int item = 0;  ///< 0..items - 1
};

/// The chosen forward process; with a seed and a timestep it determines the noise.
struct ForwardProcess {
  /// Throws InvalidArgument for what make_schedule, check_additions and resolved(corruption)
  /// refuse, and for noise without a stream for each step, or with additions, along any path but
  /// the shared one, or for a process that draws no Gaussians.
  explicit ForwardProcess(const ScheduleSpec& chosen, PathKind kind = PathKind::shared,
                          const Generator& generator = generators().front(), std::string file = {},
                          const NoiseAdditions& additions = {}, const Corruption& corruption = {});

  /// A draw of the noise of one image, whose path it makes with the schedule and the kind: that in
  /// x_t, or that of targets.
  [[nodiscard]] std::unique_ptr<NoiseSource> noise(std::uint64_t seed, const Image& image,
                                                   std::uint32_t draw = 0,
                                                   NoisePart part = NoisePart::input) const;

  ScheduleSpec spec;
  NoiseSchedule schedule;
  PathKind path;
  const Generator* rng;       ///< a row of generators()
  std::string schedule_file;  ///< that lists the betas, or empty
  NoiseAdditions additions;   ///< of a shared path only
  Corruption corruption;      ///< what is done besides scaling x_0 and adding noise
  std::shared_ptr<const DiscreteChain> chain = {};  ///< of the values of samples, or null
  BatchPlace batch = {};  ///< where an image is in a batch that is drawn as a whole
  /// What torch draws in; none: the dtype of the tensor, float32 of images.
  std::optional<Dtype> noise_dtype = {};
  /// Threads that a CUDA device has at once, for torch-cuda; 0 where that is not known.
  std::size_t device_threads = 0;
};

}  // namespace qsample
