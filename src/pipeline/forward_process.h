// What frames are made from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "image/codec.h"
#include "pipeline/memory_budget.h"
#include "qsample/path.h"
#include "qsample/pixels.h"
#include "qsample/schedule.h"

namespace qsample {

/// Whose noise: qsample's own, or the stream that a peer draws for the seed (qsample/peer_noise.h).
enum class Generator { philox, torch, torch_cuda, numpy };

/// "philox", "torch", "torch-cuda", "numpy".
[[nodiscard]] std::string_view generator_name(Generator generator);

/// The chosen forward process; with a seed and a timestep it determines the noise.
struct ForwardProcess {
  /// Throws InvalidArgument for what make_schedule refuses, and for a peer's noise, which is drawn
  /// once and whole, along any path but the shared one.
  explicit ForwardProcess(const ScheduleSpec& chosen, PathKind kind = PathKind::shared,
                          Generator generator = Generator::philox, std::string file = {});

  ScheduleSpec spec;
  NoiseSchedule schedule;
  PathKind path;
  Generator rng;
  std::string schedule_file;  ///< that lists the betas, or empty
};

/// The noise of one image.
class ImageNoise {
 public:
  /// The process must outlive it.
  ImageNoise(const ForwardProcess& process, std::uint64_t seed, const Image& image);

  [[nodiscard]] const NoisePath& path() const { return path_; }

 private:
  std::vector<float> drawn_;  // a peer's noise, interleaved as the image; empty for our own
  NoisePath path_;
};

/// Bytes that the noise of an image takes as long as there is an ImageNoise: a peer's is drawn
/// whole, and turned from planes; ours is made as it is needed.
[[nodiscard]] std::size_t noise_memory(const ForwardProcess& process, const Footprint& image);

/// Bytes that a visit of the whole image along its path takes: see NoisePath::visit.
[[nodiscard]] std::size_t visit_memory(const ForwardProcess& process, const Footprint& image);

}  // namespace qsample
