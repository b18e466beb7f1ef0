// The run-length codes of BMP.
#pragma once

#include <cstdint>
#include <vector>

#include "image/codec.h"

namespace qsample {

/// An image whose pixels are run-length encoded.
struct RunLength {
  Bytes codes;  ///< and whatever comes behind their end
  std::size_t width, height;
  bool nibbles;         ///< two pixels a byte (RLE4), not one (RLE8)
  std::size_t colours;  ///< of the palette
};

/// The palette index of each pixel, the bottom row first; those that are skipped are 0, and runs
/// end with their row. Throws Error, before there is memory for the image, for codes that leave it,
/// that name a colour that the palette does not have or that do not come to their end.
[[nodiscard]] std::vector<std::uint8_t> expand(const RunLength& image);

}  // namespace qsample
