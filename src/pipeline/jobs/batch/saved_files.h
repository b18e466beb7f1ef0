// What a batch saves beside each x_t.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "files/outputs.h"
#include "pipeline/jobs/batch/units.h"
#include "pipeline/jobs/saved_targets.h"
#include "pipeline/outputs/file_sink.h"

namespace qsample {

class SavedFiles {
 public:
  /// Throws InvalidArgument for what does not exist, or can't be held by the files that it goes to.
  /// All of it outlives the files.
  SavedFiles(const BatchJob& job, const ForwardProcess& process, const Units& units,
             Outputs& outputs);

  /// Bytes that it takes for an image.
  [[nodiscard]] std::size_t memory(const ForwardProcess& process, const Footprint& image) const;

  /// The targets of one output, in the order of job.saved.
  [[nodiscard]] std::vector<Frame> frames(const Image& clean, const ImageNoise& noise, int t) const;

  /// Writes those that have files of their own. `making` says how x_t was made.
  void put(std::size_t unit, const std::vector<Frame>& frames, const Making& making,
           const RunOptions& run);

  /// Whether some have files of their own. What carries no record is known by its bytes, for which
  /// it is made again.
  [[nodiscard]] bool has_files() const { return !sinks_.empty(); }

  /// Those that go into the file of x_t; and what its record says of them.
  [[nodiscard]] std::vector<NamedImage> inside(const std::vector<Frame>& frames) const;
  void add_inside(Making& making) const;

 private:
  const BatchJob& job_;
  const ForwardProcess& process_;
  const Units& units_;
  Outputs& outputs_;
  std::deque<FileSink> sinks_;  // of those that have files of their own
};

}  // namespace qsample
