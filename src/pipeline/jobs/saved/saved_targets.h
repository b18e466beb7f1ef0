// What is saved beside x_t: see targets().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "files/output_file.h"
#include "pipeline/memory_budget.h"
#include "pipeline/noise_image.h"
#include "pipeline/record/record.h"
#include "qsample/jobs/forward_process.h"
#include "qsample/trainers/target.h"

namespace qsample {

/// One draw of the noise of an image: that in x_t, and that of targets.
class ImageNoise {
 public:
  /// `has_targets`: whether any are made of it.
  ImageNoise(const ForwardProcess& process, std::uint64_t seed, const Image& image,
             std::uint32_t draw, bool has_targets);

  [[nodiscard]] const ForwardProcess& process() const { return process_; }

  /// What the values of samples are drawn along, where the process is discrete.
  [[nodiscard]] DiscretePath values() const;

  [[nodiscard]] const NoisePath& path(NoisePart part = NoisePart::input) const {
    return plain_path_ && part == NoisePart::target ? *plain_path_ : *path_;
  }

 private:
  const ForwardProcess& process_;
  std::uint64_t seed_;
  std::uint32_t draw_;
  std::unique_ptr<NoiseSource> noise_;
  std::unique_ptr<NoiseSource> plain_;  // where it is another
  std::optional<NoisePath> path_;
  std::optional<NoisePath> plain_path_;
};

/// Bytes that it takes.
[[nodiscard]] std::size_t image_noise_memory(const ForwardProcess& process, const Footprint& image,
                                             bool has_targets);

/// Throws InvalidArgument where there is no such target at t.
void check_target(const Target& target, const ForwardProcess& process, int t, double sigma_data);

/// The factors of x_0 and of what the path gives as its noise.
[[nodiscard]] Mix target_mix(const Target& target, const NoisePath& path, int t, double sigma_data);

/// The target at t, as floats.
[[nodiscard]] Frame target_frame(const Target& target, const Image& clean, const ImageNoise& noise,
                                 int t, double sigma_data);

/// Bytes that so many targets take, all held, while one is made or the largest file of them
/// written; beside the noise.
[[nodiscard]] std::size_t targets_memory(std::size_t count, const ForwardProcess& process,
                                         const Footprint& image);

/// What a record says that a file holds.
[[nodiscard]] Tensor tensor_of(const Target& target, const NoiseSchedule& schedule);
[[nodiscard]] Tensor tensor_of_xt(const ForwardProcess& process);

/// Options of the file of a target alone: what is asked of x_t, integers of a depth and a range, is
/// not asked of floats.
[[nodiscard]] OutputOptions options_of_target(const OutputOptions& options, const Target& target);

/// The file of EDM's scalings beside a saved one.
[[nodiscard]] std::string sidecar_of(const std::string& saved);

/// What it says.
[[nodiscard]] std::string text_of(const EdmScalings& scalings);

/// Writes it whole; when resuming, one of the very same text is left alone.
void write_sidecar(const std::string& path, const std::string& text, const OutputOptions& options,
                   Outputs& outputs);

}  // namespace qsample
