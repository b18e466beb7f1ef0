#include "qsample/forward_process.h"

#include <fmt/format.h>

#include <bit>
#include <filesystem>

#include "base/fail.h"
#include "pipeline/memory_budget.h"

namespace qsample {

ForwardProcess::ForwardProcess(const ScheduleSpec& chosen, PathKind kind,
                               const Generator& generator, std::string file)
    : spec(resolved(chosen)),
      schedule(make_schedule(spec)),
      path(kind),
      rng(&generator),
      schedule_file(std::move(file)) {
  if (!rng->has_steps && path != PathKind::shared) {
    fail(Named{"rng"}, " ", rng->name, " draws one noise for an image: use `path` shared, not ",
         path_name(path));
  }
}

std::unique_ptr<NoiseSource> ForwardProcess::noise(std::uint64_t seed, const Image& image,
                                                   std::uint32_t draw) const {
  return rng->make(seed, {image.width, image.height, image.channels, image.frames, image.items},
                   draw);
}

std::size_t noise_memory(const ForwardProcess& process, const Footprint& image) {
  return process.rng->memory_per_sample * image.samples;
}

std::size_t visit_memory(const ForwardProcess& process, const Footprint& image) {
  // The tree's two ends, and a node at each of its levels.
  const auto steps = static_cast<unsigned>(process.schedule.steps());
  const std::size_t arrays =
      process.path == PathKind::markov ? 2 + static_cast<std::size_t>(std::bit_width(steps)) : 1;
  return arrays * sizeof(float) * image.samples;
}

}  // namespace qsample
