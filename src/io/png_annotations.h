// What a PNG says of its image besides the pixels.
#pragma once

#include <string_view>
#include <vector>

#include "io/png_chunks.h"

namespace qsample {

/// Keyword of the text that holds the record.
inline constexpr std::string_view kPngRecordKeyword = "qsample";

/// The annotations in a file's chunks. A profile that can't be unpacked is left out with a warning.
[[nodiscard]] Annotations read_annotations(const PngFile& file, const DecodeOptions& options);

/// The chunks that say so, and options.record, in an order that PNG allows before the image data.
[[nodiscard]] std::vector<StoredChunk> annotation_chunks(const Image& image,
                                                         const EncodeOptions& options);

}  // namespace qsample
