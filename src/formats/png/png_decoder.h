// PNG as most files have it: read at the speed of the decompressor.
#pragma once

#include <optional>

#include "formats/png/png_chunks.h"

namespace qsample {

/// The pixels of a file that holds them as an Image does: samples of 8 or 16 bits, not interlaced,
/// no palette and no transparent colour. Nothing where it holds them otherwise; throws Error where
/// the image data are damaged, too short or too long. An image of more than options.most_at_once
/// bytes takes no more memory than its own; the file's is then given up by options.passed.
[[nodiscard]] std::optional<Image> decode_plain_png(const PngFile& png,
                                                    const DecodeOptions& options);

/// What decoding any PNG takes. Throws Error where its image data can't be enough.
[[nodiscard]] Footprint png_footprint(const PngFile& png, int orientation,
                                      const DecodeOptions& options);

/// Throws Error unless the image data of any PNG, interlaced ones too, are as many bytes as its
/// rows take and have the right checksum. libspng looks at neither.
void check_png_image_data(const PngFile& png);

}  // namespace qsample
