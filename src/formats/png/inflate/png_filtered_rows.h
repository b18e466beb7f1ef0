// The image data of a PNG file, inflated row by row or at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "formats/png/png_chunks.h"

namespace qsample {

/// Each filtered row, behind the byte that names its filter, in turn. Functions throw Error where
/// the image data are damaged, too short or too long.
class PngFilteredRows {
 public:
  PngFilteredRows() = default;
  PngFilteredRows(const PngFilteredRows&) = delete;
  PngFilteredRows& operator=(const PngFilteredRows&) = delete;
  virtual ~PngFilteredRows() = default;
  /// The next `line` bytes. They may be written to, kPngReadAhead bytes may be read behind them,
  /// and they stay until the call after the next.
  virtual std::uint8_t* next(std::size_t line) = 0;
  /// After the last row: throws Error unless the data end with it.
  virtual void finish() = 0;
};

/// All at once, which is fast.
[[nodiscard]] std::unique_ptr<PngFilteredRows> png_rows_at_once(const PngFile& png);

/// One by one, in the memory of two. options.passed is told which of the file has had its use.
[[nodiscard]] std::unique_ptr<PngFilteredRows> png_rows_one_by_one(const PngFile& png,
                                                                   const DecodeOptions& options);

/// Throws Error unless the image data are as many bytes as the rows take, have the right checksum,
/// and name filters that there are. In the memory of a piece.
void check_png_image_data(const PngFile& png);

/// Bytes of the compressed image data.
[[nodiscard]] std::size_t png_compressed_size(const PngFile& png);

/// Throws Error where these can't be enough, before memory is asked for.
void check_png_expansion(const PngFile& png);

}  // namespace qsample
