// What an OpenEXR file says of its image, and whether all of it is there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image/codec.h"

namespace qsample {

struct ExrHeader {
  std::vector<std::string> channels;  ///< names, in alphabetical order
  bool subsampled = false;            ///< a channel has fewer samples than the image pixels
  std::int64_t width = 0, height = 0;
  std::size_t chunks = 0;     ///< groups of rows, or tiles, that the image comes in
  std::size_t chunks_at = 0;  ///< where the table of their offsets begins
};

/// Throws Error for a header that is damaged or of a kind that is not read.
[[nodiscard]] ExrHeader read_exr_header(Bytes file);

/// Where the last chunk that the table names ends. Throws Error where the table leads out of the
/// file.
std::size_t check_exr_chunks(Bytes file, const ExrHeader& header);

}  // namespace qsample
