// How a job reads and writes images.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "qsample/image_io.h"
#include "qsample/jobs/preparation.h"
#include "qsample/pixels.h"
#include "qsample/schedule.h"

namespace qsample {

/// How x becomes integers: by a range of one's choice, or by one that holds nearly all of x_t.
struct RangeChoice {
  Range fixed = {};
  bool automatic = false;

  /// The range at one timestep; the automatic one is alpha_t + 3 sigma_t to both sides of 0.
  [[nodiscard]] Range at(const NoiseSchedule& schedule, int t) const {
    if (!automatic) return fixed;
    const auto reach = static_cast<float>(schedule.alpha(t) + 3 * schedule.sigma(t));
    return {-reach, reach};
  }
};

/// How the latents of a model become x, as its config has it (scaling_factor, shift_factor): x = (z
/// - shift) scale.
struct LatentOptions {
  double scale = 1;
  double shift = 0;

  explicit operator bool() const { return scale != 1 || shift != 0; }
};

/// How an input image is read.
struct InputOptions {
  /// The samples that are -1 and 1; by default those of a float image itself, and 0 and the
  /// greatest of an integer image.
  std::optional<Range> range = {};
  LatentOptions latent = {};     ///< of floats
  Preparation preparation = {};  ///< before the range
  DecodeOptions decoding = {};
  /// Bytes that the job may take, for all images at work together; a job that needs more throws
  /// Error before it takes them. None: three quarters of what the machine and the process's control
  /// groups have.
  std::optional<std::size_t> max_memory = {};
};

/// The size that a noised image is shown in: the largest of its own shape within width x height.
struct View {
  int width = 0;  ///< 0: as it is
  int height = 0;
  ViewFilter filter = ViewFilter::automatic;

  explicit operator bool() const { return width != 0; }
};

/// How an output image is written.
struct OutputOptions {
  int depth = 0;  ///< bits a sample, 8, 16 or 32 (float); 0 for those of the input
  std::optional<Dtype> dtype = {};  ///< of tensors; by default the input's, or float32
  RangeChoice range = {};
  View view = {};                     ///< scaled after noising, for looking at
  std::optional<Layout> layout = {};  ///< of tensors; by default the input's, or chw
  Compression compression = Compression::fast;
  std::string tensor = "x_t";  ///< name of the image, in a format that names them
  std::string format = {};     ///< an ending that decides instead of the output's own, or empty
  bool overwrite = false;
  bool resume = false;   ///< keep outputs made from the same input in the same way
  bool metadata = true;  ///< carry the record and the texts of the input, where the format can
};

/// A file that a job reads beside its images, and what it is: "the schedule". No output replaces
/// it.
struct OtherInput {
  std::string path;
  std::string what;
};

}  // namespace qsample
