// PNG as libpng reads it, to compare with.
#pragma once

#include <png.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "image/codec.h"
#include "pictures.h"

namespace qsample {

/// What libpng makes of a file, in the layout of its rows: 8-bit or 16-bit (big-endian) samples,
/// palettes, packed bits and transparent colours spread out.
struct LibpngImage {
  png_uint_32 width = 0;
  png_uint_32 height = 0;
  int channels = 0;  ///< alpha included
  int depth = 0;
  std::vector<std::uint8_t> samples = {};
  bool warned = false;  ///< it complained, of whatever kind of chunk, and went on
};

namespace libpng {

struct Source {
  Bytes left;
  bool warned = false;
};

inline void read(png_structp png, png_bytep to, std::size_t size) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (source->left.size() < size) png_error(png, "the end");
  std::memcpy(to, source->left.data(), size);
  source->left = source->left.subspan(size);
}

inline void warn(png_structp png, png_const_charp) {
  static_cast<Source*>(png_get_error_ptr(png))->warned = true;
}

[[noreturn]] inline void fail(png_structp png, png_const_charp) { png_longjmp(png, 1); }

inline bool read_into(png_structp png, png_infop info, LibpngImage& image,
                      std::vector<png_bytep>& rows, std::size_t max_pixels) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
  png_set_chunk_malloc_max(png, 0);
  png_set_chunk_cache_max(png, 0);
  png_read_info(png, info);
  image.width = png_get_image_width(png, info);
  image.height = png_get_image_height(png, info);
  if (image.height > max_pixels / image.width) return false;
  png_set_expand(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  image.channels = png_get_channels(png, info);
  image.depth = png_get_bit_depth(png, info);
  const std::size_t line = png_get_rowbytes(png, info);
  image.samples.resize(line * image.height);
  for (png_uint_32 y = 0; y < image.height; ++y) rows.push_back(image.samples.data() + y * line);
  png_read_image(png, rows.data());
  png_read_end(png, nullptr);
  return true;
}

}  // namespace libpng

/// The samples of an image as libpng would give them.
inline std::vector<std::uint8_t> libpng_samples(const Image& image) {
  std::vector<std::uint8_t> bytes;
  const auto put = [&]<class T>(const Planes<T>& planes) {
    if constexpr (sizeof(T) <= 2) {
      for (const T v : interleave(planes, static_cast<std::size_t>(image.channels))) {
        if constexpr (sizeof(T) == 2) bytes.push_back(static_cast<std::uint8_t>(v >> 8));
        bytes.push_back(static_cast<std::uint8_t>(v & 0xFF));
      }
    }
  };
  std::visit(put, image.planes);
  return bytes;
}

/// Nothing where libpng refuses the file, or it has too many pixels.
inline std::optional<LibpngImage> read_with_libpng(Bytes file, std::size_t max_pixels) {
  libpng::Source source{file};
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, libpng::fail, libpng::warn);
  png_infop info = png_create_info_struct(png);
  png_set_read_fn(png, &source, libpng::read);
  LibpngImage image;
  std::vector<png_bytep> rows;
  const bool good = libpng::read_into(png, info, image, rows, max_pixels);
  png_destroy_read_struct(&png, &info, nullptr);
  if (!good || !source.left.empty()) return std::nullopt;
  image.warned = source.warned;
  return image;
}

}  // namespace qsample
