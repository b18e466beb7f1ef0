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

/// How x becomes integers: by a range of one's choice, or by one that holds nearly all of x_t.
struct RangeChoice {
  Range fixed = {};
  bool automatic = false;

  /// The range at one timestep; the automatic one is alpha_t + 3 sigma_t to both sides of 0.
  [[nodiscard]] Range at(const NoiseSchedule& schedule, int t) const;
};

/// How an input image is read.
struct InputOptions {
  /// The samples that are -1 and 1; by default those of a float image itself, and 0 and the
  /// greatest of an integer image.
  std::optional<Range> range = {};
  DecodeOptions decoding = {};
  std::shared_ptr<MemoryBudget> memory = {};  ///< of all jobs of the run; null: no limit
};

/// How an output image is written.
struct OutputOptions {
  int depth = 0;  ///< bits a sample, 8, 16 or 32 (float); 0 for those of the input
  RangeChoice range = {};
  std::optional<Layout> layout = {};  ///< of tensors; by default the input's, or chw
  Compression compression = Compression::fast;
  std::string tensor = "x_t";  ///< name of the image, in a format that names them
  std::string format = {};     ///< an ending that decides instead of the output's own, or empty
  bool overwrite = false;
  bool resume = false;   ///< keep outputs made from the same input in the same way
  bool metadata = true;  ///< carry the record and the texts of the input, where the format can
};

/// The image that a frame was made from.
struct Source {
  std::string name;        ///< base name of the file; "stdin"
  std::string folder;      ///< of the file, below the working folder or that of a batch, or empty
  std::uint64_t hash = 0;  ///< XXH3-64 of its bytes
  std::optional<Range> range = {};  ///< what was -1 and 1, if that was chosen
  int frame = 0;                    ///< that was asked for, of a file that holds several
};

/// XXH3-64, as the record and the seeds of a batch use it.
[[nodiscard]] std::uint64_t hash_of(Bytes bytes, std::uint64_t seed = 0);

/// `path` as a record may tell it: relative, without "." and "..". Empty where it is not below the
/// working folder: what lies above it is nobody's business.
[[nodiscard]] std::string told_path(const std::string& path);

/// The seed of a file in a batch: XXH3-64 of its path below the input folder, seeded with the
/// batch's.
[[nodiscard]] std::uint64_t file_seed(const std::string& relative, std::uint64_t seed);

/// The last part of a path; "stdin" for "-".
[[nodiscard]] std::string base_name(const std::string& path);

/// What the names of an input's frames begin with: its base name without its ending.
[[nodiscard]] std::string frame_stem(const std::string& input);

/// "<stem>_t<t><extension>", t padded to the width of `last`, so that names sort as timesteps do.
[[nodiscard]] std::string frame_name(const std::string& input, int t, int last,
                                     std::string_view extension);

}  // namespace qsample
