// Reading TIFF.
#pragma once

#include "image/codec.h"

namespace qsample::plugin {

/// As in Codec.
[[nodiscard]] Decoded read_tiff(Bytes file, const DecodeOptions& options);

}  // namespace qsample::plugin
