#include "pipeline/forward_process.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <bit>
#include <filesystem>

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

Range RangeChoice::at(const NoiseSchedule& schedule, int t) const {
  if (!automatic) return fixed;
  const auto reach = static_cast<float>(schedule.alpha(t) + 3 * schedule.sigma(t));
  return {-reach, reach};
}

std::uint64_t hash_of(Bytes bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t file_seed(const std::string& relative, std::uint64_t seed) {
  return hash_of(std::as_bytes(std::span(relative)), seed);
}

std::string base_name(const std::string& path) {
  return path == "-" ? "stdin" : std::filesystem::path(path).filename().string();
}

std::string told_path(const std::string& path) {
  const auto normal = std::filesystem::path(path).lexically_normal();
  if (normal.is_absolute() || normal.empty() || *normal.begin() == "..") return {};
  return normal == "." ? std::string() : normal.string();
}

std::string frame_stem(const std::string& input) {
  return std::filesystem::path(base_name(input)).stem().string();
}

std::string frame_name(const std::string& input, int t, int last, std::string_view extension) {
  const auto width = std::to_string(last).size();
  return fmt::format("{}_t{:0{}}{}", frame_stem(input), t, width, extension);
}

}  // namespace qsample
