// One frame to one file.
#pragma once

#include <string>
#include <vector>

#include "files/output_file.h"
#include "pipeline/destination.h"
#include "pipeline/noise_image.h"
#include "pipeline/record/record.h"

namespace qsample {

/// What is known of a frame once it is made, for its record.
[[nodiscard]] Findings findings_of(const Frame& frame);

/// The file of `frame`, and `others` with it, in the form of a destination, with what was found in
/// its record. Throws Error; Interrupted where `run.stop` is set before the end.
void encode_frame(const Frame& frame, const Destination& form, const std::string& record,
                  const std::vector<NamedImage>& others, const RunOptions& run, const Sink& sink);

/// Encodes `frame`, and `others` with it, and writes it whole, with what was found in its record.
/// When resuming, a file of the very same bytes is left alone, and one that is none of ours not
/// replaced. Returns whether it was written. Throws Error; Interrupted, with nothing written, where
/// `run.stop` is set before the end.
bool write_frame(const Frame& frame, const Destination& destination, FileKinds kinds,
                 const std::string& record, const std::vector<NamedImage>& others,
                 const RunOptions& run, Outputs& outputs);

}  // namespace qsample
