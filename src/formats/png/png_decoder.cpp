#include "formats/png/png_decoder.h"

#include <memory>
#include <string>
#include <vector>

#include "formats/png/inflate/png_filtered_rows.h"
#include "formats/png/inflate/png_passes.h"
#include "formats/png/inflate/png_pixels.h"
#include "formats/png/inflate/png_unfilter_kernels.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Bytes of an image, and for each byte of its file, from which the file is looked through before it
// is decoded.
constexpr std::size_t kMostUnseen = std::size_t{1} << 25;
constexpr std::size_t kSuspicious = 16;

Footprint image_of(const PngFile& png) {
  const PngPixels pixels(png);
  const auto count =
      static_cast<std::size_t>(png.header.width) * static_cast<std::size_t>(png.header.height);
  return {.samples = count * (pixels.channels() + (pixels.has_alpha() ? 1 : 0)),
          .depth = pixels.depth()};
}

bool fits_at_once(const PngFile& png, const DecodeOptions& options) {
  return png_filtered_size(png.header) <= options.most_at_once;
}

std::unique_ptr<PngFilteredRows> filtered_rows(const PngFile& png, const DecodeOptions& options) {
  check_png_expansion(png);
  // So large and so small: memory only once it is sure that the file is worth it.
  const std::size_t size = image_of(png).bytes();
  if (size > kMostUnseen && size / kSuspicious > png_compressed_size(png)) {
    check_png_image_data(png);
  }
  return fits_at_once(png, options) ? png_rows_at_once(png) : png_rows_one_by_one(png, options);
}

// Room for `count` more values, to be written at once: what resize() sets to 0 is in the cache.
template <class T>
T* grow(std::vector<T>& values, std::size_t count) {
  const std::size_t old = values.size();
  values.resize(old + count);
  return values.data() + old;
}

// Takes the rows of an image as the passes have them.
template <class T>
class PlanesOfRows {
 public:
  explicit PlanesOfRows(const PngFile& png)
      : pixels_(png), width_(static_cast<std::size_t>(png.header.width)) {
    const std::size_t count = width_ * static_cast<std::size_t>(png.header.height);
    planes_.colour.reserve(count * pixels_.channels());
    if (pixels_.has_alpha()) planes_.alpha.reserve(count);
    if (!png.header.interlaced) return;
    planes_.colour.resize(count * pixels_.channels());
    if (pixels_.has_alpha()) planes_.alpha.resize(count);
  }

  // Rows of an image that is not interlaced, one below the other.
  void append(const std::uint8_t* row) {
    T* colour = grow(planes_.colour, width_ * pixels_.channels());
    pixels_.spread(row, width_, colour,
                   pixels_.has_alpha() ? grow(planes_.alpha, width_) : nullptr);
  }

  // Row `y` of a pass.
  void scatter(const std::uint8_t* row, const PngPass& pass, std::size_t y) {
    const std::size_t channels = pixels_.channels();
    colour_.resize(pass.width * channels);
    alpha_.resize(pass.width);
    pixels_.spread(row, pass.width, colour_.data(), alpha_.data());
    std::size_t to = (pass.y + y * pass.dy) * width_ + pass.x;
    for (std::size_t x = 0; x < pass.width; ++x, to += pass.dx) {
      for (std::size_t c = 0; c < channels; ++c) {
        planes_.colour[to * channels + c] = colour_[x * channels + c];
      }
      if (pixels_.has_alpha()) planes_.alpha[to] = alpha_[x];
    }
  }

  Planes<T> take() { return std::move(planes_); }

 private:
  PngPixels pixels_;
  std::size_t width_;
  Planes<T> planes_;
  std::vector<T> colour_, alpha_;  // of a row of a pass
};

template <class T>
Planes<T> decode_planes(const PngFile& png, const DecodeOptions& options) {
  const auto rows = filtered_rows(png, options);
  const auto passes = png_passes(png.header);
  // Of bytes where pixels are smaller (specification, section 9.2).
  const std::size_t stride = std::max<std::size_t>(png.header.bits_a_pixel() / 8, 1);
  std::size_t total = 0;
  for (const PngPass& pass : passes) total += pass.height;

  PlanesOfRows<T> planes(png);
  std::size_t done = 0;
  std::vector<std::uint8_t> zeros;
  for (const PngPass& pass : passes) {
    zeros.resize(pass.line + kPngReadAhead);
    const std::uint8_t* above = zeros.data();
    for (std::size_t y = 0; y < pass.height; ++y) {
      std::uint8_t* row = rows->next(pass.line);
      const std::uint8_t filter = *row++;
      if (filter >= kPngFilters) {
        throw Error("row " + std::to_string(pass.y + y * pass.dy) + " has an unknown filter");
      }
      png_unfilter_row(static_cast<PngFilter>(filter), above, stride, pass.line - 1, row);
      if (png.header.interlaced) {
        planes.scatter(row, pass, y);
      } else {
        planes.append(row);
      }
      above = row;
      options.run.tell({"rows read", ++done, total});
    }
  }
  rows->finish();
  return planes.take();
}

}  // namespace

Footprint png_footprint(const PngFile& png, int orientation, const DecodeOptions& options) {
  check_png_expansion(png);
  Footprint image = image_of(png);
  image.orientation = orientation;
  // The filtered rows, and compressed data of many chunks.
  if (fits_at_once(png, options)) {
    const std::size_t compressed = png_compressed_size(png);
    const bool joined = png.find("IDAT")->data.size() < compressed;
    image.working = png_filtered_size(png.header) + (joined ? compressed : 0);
  }
  return image;
}

Image decode_png(const PngFile& png, const DecodeOptions& options) {
  const PngPixels pixels(png);
  Image image{png.header.width, png.header.height, static_cast<int>(pixels.channels()), {}};
  if (pixels.depth() == 8) {
    image.planes = decode_planes<std::uint8_t>(png, options);
  } else {
    image.planes = decode_planes<std::uint16_t>(png, options);
  }
  return image;
}

}  // namespace qsample
