// What a job saves beside each x_t.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "files/outputs.h"
#include "pipeline/jobs/saved_targets.h"
#include "pipeline/outputs/file_sink.h"
#include "qsample/jobs/saved_beside.h"

namespace qsample {

/// What is to be saved, and of which outputs, which are numbered.
struct SavedJob {
  const std::vector<SavedBeside>& saved;
  double sigma_data;             ///< of EDM's scalings
  const OutputOptions& options;  ///< of x_t
  const DecodeOptions& decoding;
  const ForwardProcess& process;
  std::function<std::string(std::size_t unit)> xt;  ///< the file of x_t
  /// The file of one that is saved in a folder, by its ending.
  std::function<std::string(std::size_t unit, const SavedBeside& saved)> file;
};

class SavedFiles {
 public:
  /// `ts` are the timesteps of the outputs, or those that bound them. Throws InvalidArgument for
  /// what does not exist at one of them, or can't be held by the files that it goes to. What the
  /// job refers to outlives the files, as do the outputs.
  SavedFiles(SavedJob job, std::span<const int> ts, Outputs& outputs);

  [[nodiscard]] bool any() const { return !job_.saved.empty(); }

  /// Bytes that it takes for one x_t, beside the noise.
  [[nodiscard]] std::size_t memory(const Footprint& image) const;

  /// The files of one output, in the order in which they are written.
  [[nodiscard]] std::vector<std::string> paths(std::size_t unit) const;

  /// The targets of one output, in the order in which they are asked for.
  [[nodiscard]] std::vector<Frame> frames(const Image& clean, const ImageNoise& noise, int t) const;

  /// Writes those that have files of their own, and says what became of each, whatever its input.
  /// `making` says how x_t was made.
  std::vector<Result> put(std::size_t unit, const std::vector<Frame>& frames, const Making& making,
                          const RunOptions& run);

  /// Whether some have files of their own. What carries no record is known by its bytes, for which
  /// it is made again.
  [[nodiscard]] bool has_files() const { return !sinks_.empty(); }

  /// Those that go into the file of x_t; and what its record says of them.
  [[nodiscard]] std::vector<NamedImage> inside(const std::vector<Frame>& frames) const;
  void add_inside(Making& making) const;

 private:
  SavedJob job_;
  Outputs& outputs_;
  std::deque<FileSink> sinks_;  // of those that have files of their own
};

}  // namespace qsample
