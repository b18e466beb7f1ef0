// What a job saves in folders beside each x_t.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "files/outputs.h"
#include "pipeline/jobs/saved/target_set.h"
#include "pipeline/outputs/file_sink.h"

namespace qsample {

class SavedFiles : public TargetSet {
 public:
  /// Throws InvalidArgument as TargetSet does. `outputs` outlives the files.
  SavedFiles(SavedJob job, std::span<const int> ts, Outputs& outputs);

  /// The files of one output, in the order in which they are written.
  [[nodiscard]] std::vector<std::string> paths(std::size_t unit) const;

  /// Writes those that have files of their own, and says what became of each, whatever its input.
  /// `making` says how x_t was made.
  std::vector<Result> put(std::size_t unit, const std::vector<Frame>& frames, const Making& making,
                          const RunOptions& run);

  /// Whether some have files of their own. What carries no record is known by its bytes, for which
  /// it is made again.
  [[nodiscard]] bool has_files() const { return !sinks_.empty(); }

 private:
  Outputs& outputs_;
  std::deque<FileSink> sinks_;  // of those that have files of their own
};

}  // namespace qsample
