// What a PNG says of its image besides the pixels.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/png_chunks.h"

namespace qsample {

/// Keyword of the text that holds the record.
inline constexpr std::string_view kPngRecordKeyword = "qsample";

/// The annotations in a file's chunks: those that PNG allows where and as they are, so that they
/// may be written again. A profile or a text that is damaged is left out with a warning; texts that
/// tell an orientation are left out where there is one to be applied, since it then is.
[[nodiscard]] Annotations read_annotations(const PngFile& file, int orientation,
                                           const DecodeOptions& options);

/// The record in a file's chunks, or empty.
[[nodiscard]] std::string png_record(const PngFile& file);

/// The chunks that say so, and options.record, in an order that PNG allows before the image data.
[[nodiscard]] std::vector<StoredChunk> annotation_chunks(const Image& image,
                                                         const EncodeOptions& options);

}  // namespace qsample
