// How the pixels of a PNG file follow each other: row by row, or interlaced in seven passes.
#pragma once

#include <cstddef>
#include <vector>

#include "formats/png/png_chunks.h"

namespace qsample {

/// A coarser image within the image: of every dx-th pixel of every dy-th row, from (x, y) on.
struct PngPass {
  std::size_t x = 0, y = 0, dx = 1, dy = 1;
  std::size_t width = 0;   ///< pixels of a row
  std::size_t height = 0;  ///< rows
  std::size_t line = 0;    ///< bytes of a row with the one that names its filter
};

/// The passes of an image, those without pixels left out: one where it is not interlaced.
[[nodiscard]] std::vector<PngPass> png_passes(const PngHeader& header);

/// Bytes of all filtered rows.
[[nodiscard]] std::size_t png_filtered_size(const PngHeader& header);

}  // namespace qsample
