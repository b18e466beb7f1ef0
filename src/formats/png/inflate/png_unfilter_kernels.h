// Undoes the filters of PNG, for the best instruction set of this machine.
#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/png/deflate/png_kernels.h"

namespace qsample {

/// Bytes that png_unfilter_row may read, but does not use, past the end of its rows.
inline constexpr std::size_t kPngReadAhead = 16;

/// Makes a filtered row of `size` bytes, `stride` bytes a pixel, what it was before, in place.
/// `above` is the row above, unfiltered; above the first row all is 0. Whole pixels of 1, 2, 3, 4,
/// 6 or 8 bytes.
void png_unfilter_row(PngFilter filter, const std::uint8_t* above, std::size_t stride,
                      std::size_t size, std::uint8_t* row);

}  // namespace qsample
