#include "pipeline/forward_process.h"

#include <fmt/format.h>

#include <bit>
#include <filesystem>

#include "image/layout.h"
#include "qsample/error.h"
#include "qsample/peer_noise.h"

namespace qsample {
namespace {

// The noise that a peer draws for a tensor (1, C, H, W), in the order of our images. Nothing for
// our own, which is made where it is used.
std::vector<float> draw(Generator generator, std::uint64_t seed, const Image& image) {
  if (generator == Generator::philox) return {};
  std::vector<float> planar(image.samples());
  switch (generator) {
    case Generator::philox: break;
    case Generator::torch: TorchGenerator(seed).randn(planar); break;
    case Generator::torch_cuda: torch_cuda_randn(seed, planar); break;
    case Generator::numpy: numpy_standard_normal(seed, planar); break;
  }
  return from_planar(planar, static_cast<std::size_t>(image.channels));
}

}  // namespace

std::string_view generator_name(Generator generator) {
  switch (generator) {
    case Generator::philox: return "philox";
    case Generator::torch: return "torch";
    case Generator::torch_cuda: return "torch-cuda";
    case Generator::numpy: return "numpy";
  }
  return {};
}

ForwardProcess::ForwardProcess(const ScheduleSpec& chosen, PathKind kind, Generator generator,
                               std::string file)
    : spec(resolved(chosen)),
      schedule(make_schedule(spec)),
      path(kind),
      rng(generator),
      schedule_file(std::move(file)) {
  if (rng != Generator::philox && path != PathKind::shared) {
    throw InvalidArgument(
        fmt::format("`rng` {} draws one noise for an image: use `path` shared, not {}",
                    generator_name(rng), path_name(path)));
  }
}

ImageNoise::ImageNoise(const ForwardProcess& process, std::uint64_t seed, const Image& image)
    : drawn_(draw(process.rng, seed, image)),
      path_(drawn_.empty() ? NoisePath(process.schedule, seed, process.path)
                           : NoisePath(process.schedule, drawn_)) {}

std::size_t noise_memory(const ForwardProcess& process, const Footprint& image) {
  return process.rng == Generator::philox ? 0 : 2 * sizeof(float) * image.samples;
}

std::size_t visit_memory(const ForwardProcess& process, const Footprint& image) {
  if (process.rng != Generator::philox) return 0;
  // The tree's two ends, and a node at each of its levels.
  const auto steps = static_cast<unsigned>(process.schedule.steps());
  const std::size_t arrays =
      process.path == PathKind::markov ? 2 + static_cast<std::size_t>(std::bit_width(steps)) : 1;
  return arrays * sizeof(float) * image.samples;
}

}  // namespace qsample
