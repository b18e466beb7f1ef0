// Where the parts of a TIFF file lie.
#pragma once

#include <cstddef>
#include <optional>

#include "image/codec.h"

namespace qsample {

/// The end of the last byte that a directory of the file, a value in one or image data have, TIFF
/// or BigTIFF; nothing where that can't be told from these bytes.
[[nodiscard]] std::optional<std::size_t> tiff_extent(Bytes begin);

}  // namespace qsample
