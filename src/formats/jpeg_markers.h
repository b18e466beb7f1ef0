// A JPEG file taken apart at its markers, without decoding.
#pragma once

#include <cstddef>
#include <optional>

#include "image/codec.h"

namespace qsample {

struct JpegMarkers {
  std::optional<std::size_t> end;  ///< behind the end-of-image marker; nothing where there is none
  int scans = 0;
  std::size_t pixels = 0;  ///< of the last frame header
};

/// Walks from marker to marker, over the entropy-coded data of each scan, as far as the bytes go
/// (ITU-T T.81, annex B).
[[nodiscard]] JpegMarkers find_jpeg_markers(Bytes file);

}  // namespace qsample
