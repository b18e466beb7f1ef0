// PNG of every kind, read at the speed of the decompressor.
#pragma once

#include "formats/png/png_chunks.h"

namespace qsample {

/// The pixels of a file. Throws Error where the image data are damaged, too short or too long, or
/// a palette lacks a colour. An image whose rows are more than options.most_at_once bytes takes no
/// more memory than its own; the file's is then given up by options.passed.
[[nodiscard]] Image decode_png(const PngFile& png, const DecodeOptions& options);

/// What decoding takes. Throws Error where the image data can't be enough.
[[nodiscard]] Footprint png_footprint(const PngFile& png, int orientation,
                                      const DecodeOptions& options);

}  // namespace qsample
