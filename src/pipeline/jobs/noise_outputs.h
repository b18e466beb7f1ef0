// The files that noise_files() writes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "files/identity/job_files.h"
#include "files/identity/place.h"
#include "pipeline/destination.h"
#include "pipeline/source.h"
#include "qsample/jobs/noise_file.h"

namespace qsample {

/// A file that is written, with the images in it.
struct NoiseOutput {
  Destination destination;
  Place place;
  std::vector<std::size_t> saved = {};  ///< numbers of the images beside x_t
  bool has_xt = false;

  /// x_t may be shown only.
  [[nodiscard]] bool is_written() const { return !destination.path.empty(); }
};

/// Those of one job.
struct NoiseOutputs {
  /// Each once, whatever goes to it and by whatever names. x_t's is the first.
  std::vector<NoiseOutput> files;
  std::vector<std::string> sidecars;
};

/// Throws InvalidArgument where the outputs can't hold what is written to them.
[[nodiscard]] NoiseOutputs outputs_of(const NoiseJob& job);

/// The record of one of them: of x_t, of what is saved, or of both.
[[nodiscard]] std::string record_of(const NoiseJob& job, const NoiseOutput& output,
                                    const ForwardProcess& process, const Source& source);

/// Throws if an output of these jobs is an input, or another output that has not the very same
/// name, or can't come to be. `files` then know them.
void check_outputs(std::span<const NoiseJob> jobs, std::span<const NoiseOutputs> outputs,
                   JobFiles& files);

}  // namespace qsample
