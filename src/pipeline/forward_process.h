// What frames are made from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "image/codec.h"
#include "pipeline/memory_budget.h"
#include "qsample/generators.h"
#include "qsample/path.h"
#include "qsample/pixels.h"
#include "qsample/schedule.h"

namespace qsample {

/// The chosen forward process; with a seed and a timestep it determines the noise.
struct ForwardProcess {
  /// Throws InvalidArgument for what make_schedule refuses, and for noise without a stream for each
  /// step along any path but the shared one.
  explicit ForwardProcess(const ScheduleSpec& chosen, PathKind kind = PathKind::shared,
                          const Generator& generator = generators().front(), std::string file = {});

  /// The noise of one image, whose path it makes with the schedule and the kind.
  [[nodiscard]] std::unique_ptr<NoiseSource> noise(std::uint64_t seed, const Image& image) const;

  ScheduleSpec spec;
  NoiseSchedule schedule;
  PathKind path;
  const Generator* rng;       ///< a row of generators()
  std::string schedule_file;  ///< that lists the betas, or empty
};

/// Bytes that the noise of an image takes at the most, before any path is visited.
[[nodiscard]] std::size_t noise_memory(const ForwardProcess& process, const Footprint& image);

/// Bytes that a visit of the whole image along its path takes: see NoisePath::visit.
[[nodiscard]] std::size_t visit_memory(const ForwardProcess& process, const Footprint& image);

}  // namespace qsample
