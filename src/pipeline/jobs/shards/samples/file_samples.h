// Image files as samples, each with what stands beside it.
#pragma once

#include <cstddef>

#include "pipeline/jobs/shards/samples/sample.h"
#include "qsample/jobs/batch.h"

namespace qsample {

class FileSamples : public SampleSource {
 public:
  /// The job outlives it. The files are still to be read.
  explicit FileSamples(const BatchJob& job) : job_(job) {}

  [[nodiscard]] std::optional<Sample> next() override;

  /// Throws InvalidArgument for names that a key would end within, and for two of one key.
  static void check(const BatchJob& job);

 private:
  const BatchJob& job_;
  std::size_t at_ = 0;
};

}  // namespace qsample
