// PNG for noised images: filters and Huffman codes, and matches only where there are any.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include "image/codec.h"

namespace qsample {

/// Makes the PNG file of an image of 8-bit or 16-bit samples, with its annotations and
/// options.record. Every decoder reads the same pixels from it, whatever the compression. On
/// options.run.workers threads, whose number does not change a byte; beside the image, each needs
/// memory for a few stripes of rows.
void encode_png(const Image& image, const EncodeOptions& options, const Sink& sink);

// The parts of such a file.

/// Bytes that are put into one chunk; PNG allows nearly twice as many.
inline constexpr std::size_t kMostInPngChunk = std::size_t{1} << 30;

/// A chunk whose data are `begin` and then `rest`.
void put_png_chunk(std::string_view type, Bytes begin, Bytes rest, const Sink& sink);

/// The signature, the header and `chunks`.
void put_png_start(const Image& image, std::span<const StoredChunk> chunks, const Sink& sink);

/// The zlib stream of the pixels, in parts for one chunk each.
void put_png_pixels(const Image& image, const EncodeOptions& options,
                    const std::function<void(Bytes data)>& put_data);

}  // namespace qsample
