// The image data of a PNG file: filtered rows as one zlib stream, made in pieces on many threads.
#pragma once

#include <cstddef>
#include <functional>

#include "formats/png/deflate/png_rows.h"
#include "image/codec.h"
#include "qsample/run.h"

namespace qsample {

/// Gives the stream to `put` piece by piece, in order and never twice at once. Its bytes do not
/// depend on the number of threads, each of which holds a few times the size of a piece: of half a
/// megabyte of pixels where there are no matches, of four where there may be, of eight for
/// Compression::small.
void put_png_image_data(const PngRows& rows, Compression compression, const RunOptions& run,
                        const std::function<void(Bytes piece)>& put);

}  // namespace qsample
