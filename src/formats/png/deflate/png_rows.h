// The rows of an image as PNG stores them, and what filters they get.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/png/deflate/png_kernels.h"
#include "qsample/image.h"

namespace qsample {

/// The rows of an image as PNG has them: interleaved with alpha, 16-bit samples big-endian.
class PngRows {
 public:
  /// Of 8-bit or 16-bit samples; `image` outlives it.
  explicit PngRows(const Image& image);

  [[nodiscard]] std::size_t pixel_bytes() const { return pixel_; }
  [[nodiscard]] std::size_t row_bytes() const { return size_; }
  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(image_.height); }

  /// The bytes of row y: the image's own where they are as PNG has them, else made in `scratch`.
  /// Above the first row is one of zeros.
  const std::uint8_t* get(std::ptrdiff_t y, std::vector<std::uint8_t>& scratch) const;

 private:
  template <class T>
  void copy(const Planes<T>& planes, std::size_t y, std::uint8_t* to) const;

  const Image& image_;
  std::size_t pixel_;
  std::size_t size_;
};

/// A stripe of rows that share one filter.
struct PngStripe {
  std::size_t first, last;  ///< rows first .. last - 1
  PngFilter filter;
};

/// Bytes of a filtered stripe, about; a row may be longer.
inline constexpr std::size_t kPngStripe = std::size_t{1} << 19;

/// The stripes of an image, each with the filter after which single bytes cost least, as judged by
/// a sample of its rows, on so many threads.
[[nodiscard]] std::vector<PngStripe> png_stripes(const PngRows& rows, int workers);

/// Writes rows first .. last - 1 filtered, each behind a byte that names its filter, to `to`.
void png_filter_rows(const PngRows& rows, std::size_t first, std::size_t last, PngFilter filter,
                     std::uint8_t* to);

}  // namespace qsample
