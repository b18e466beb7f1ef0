// The files of a batch, and what they must not be.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "files/outputs.h"
#include "pipeline/jobs/batch/units.h"
#include "qsample/jobs/batch.h"

namespace qsample {

/// Throws InvalidArgument if an output, the manifest among them, is an input or another output.
void check_files(const BatchJob& job, const Units& units, JobFiles& files);

/// Throws Error unless the manifest is new, may be replaced, or is one that a first run has left.
void check_manifest(const BatchJob& job);

/// Outputs that exist already and may not be replaced: one is told, the others are counted.
class InTheWay {
 public:
  /// Looks for them, and tells of them at once, where every output that exists is one.
  InTheWay(const BatchJob& job, const Units& units, const OnFailure& on_failure);

  [[nodiscard]] bool is_known(std::size_t number) const {
    return !existing_.empty() && existing_[number];
  }
  /// What is wrong with one that is.
  [[nodiscard]] std::string message(std::size_t number) const;

  /// Tells of one output.
  void add(std::size_t number, const std::string& message);

  /// Of those that were found on the way, all but the first.
  [[nodiscard]] std::size_t untold() const { return found_ < 2 ? 0 : found_ - 1; }

 private:
  const Units& units_;
  const OnFailure& on_failure_;
  std::vector<bool> existing_;
  std::size_t first_ = 0;
  std::size_t found_ = 0;
};

}  // namespace qsample
