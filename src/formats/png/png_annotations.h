// What a PNG says of its image besides the pixels.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "formats/png/png_chunks.h"

namespace qsample {

struct PngNotes {
  Annotations annotations;
  int orientation = 1;  ///< EXIF orientation, 1..8, that is to be applied
};

/// The annotations in a file's chunks: those that PNG allows where and as they are, so that they
/// may be written again. A profile or a text that is damaged, or too long to be opened by others,
/// is left out with a warning. The orientation is that of eXIf, or else of a text; texts that tell
/// one but upright are left out, since it is applied.
[[nodiscard]] PngNotes read_annotations(const PngFile& file, const DecodeOptions& options);

/// The record among a file's chunks, or empty.
[[nodiscard]] std::string png_record(std::span<const PngChunk> chunks);

/// The chunks that say so, and options.record, in an order that PNG allows before the image data.
[[nodiscard]] std::vector<StoredChunk> annotation_chunks(const Image& image,
                                                         const EncodeOptions& options);

}  // namespace qsample
