// PNG for noised images: filters and Huffman codes, and matches only where there are any.
#pragma once

#include "image/codec.h"

namespace qsample {

/// Makes the PNG file of an image of 8-bit or 16-bit samples, with its annotations and
/// options.record. Every decoder reads the same pixels from it, whatever the compression. On
/// options.run.workers threads, whose number does not change a byte; beside the image, each needs
/// memory for a few stripes of rows.
void encode_png(const Image& image, const EncodeOptions& options, const Sink& sink);

}  // namespace qsample
