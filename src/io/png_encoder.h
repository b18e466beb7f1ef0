// PNG for noised images: filters and Huffman codes, and matches only where there are any.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/codec.h"

namespace qsample {

/// The PNG file of an image of 8-bit or 16-bit samples, with its annotations and
/// options.record. Every decoder reads the same pixels from it, whatever the compression.
[[nodiscard]] std::vector<std::byte> encode_png(const Image& image, const EncodeOptions& options);

}  // namespace qsample
