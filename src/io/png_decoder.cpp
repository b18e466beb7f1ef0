#include "io/png_decoder.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "io/png_unfilter_kernels.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// A match of 258 bytes takes two bits at the least.
constexpr std::size_t kMostExpansion = 1032;

using Buffer = std::unique_ptr<std::uint8_t[]>;

bool is_plain(const PngFile& png) {
  const PngHeader& header = png.header;
  if (header.depth < 8 || header.interlaced) return false;
  switch (header.colour) {
    case PngColour::grey:
    case PngColour::rgb: return png.find("tRNS") == nullptr;
    case PngColour::palette: return false;
    case PngColour::grey_alpha:
    case PngColour::rgba: return true;
  }
  return false;
}

// The compressed image data, which a file may have cut into many chunks: put together in `buffer`
// unless there is one only.
std::span<const std::uint8_t> compressed_data(const PngFile& png, Buffer& buffer) {
  std::size_t size = 0;
  std::size_t pieces = 0;
  for (const PngChunk& chunk : png.chunks) {
    if (chunk.type != "IDAT") continue;
    size += chunk.data.size();
    ++pieces;
  }
  if (pieces == 1) {
    const Bytes data = png.find("IDAT")->data;
    return {reinterpret_cast<const std::uint8_t*>(data.data()), size};
  }
  buffer = std::make_unique_for_overwrite<std::uint8_t[]>(size);
  std::uint8_t* to = buffer.get();
  for (const PngChunk& chunk : png.chunks) {
    if (chunk.type != "IDAT" || chunk.data.empty()) continue;
    std::memcpy(to, chunk.data.data(), chunk.data.size());
    to += chunk.data.size();
  }
  return {buffer.get(), size};
}

// The filtered rows, each behind the byte that names its filter.
Buffer inflate_rows(const PngFile& png, std::size_t line, std::size_t height) {
  Buffer joined;
  const auto compressed = compressed_data(png, joined);
  // Before memory is asked for; and so the product fits.
  if (height > compressed.size() * kMostExpansion / line)
    throw Error("its image data are too short");
  const std::size_t size = height * line;
  auto rows = std::make_unique_for_overwrite<std::uint8_t[]>(size + kPngReadAhead);
  std::fill_n(rows.get() + size, kPngReadAhead, std::uint8_t{0});

  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
      decompressor(libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (!decompressor) throw Error("out of memory");
  // What follows the end of the compressed stream is passed over, as other decoders do.
  switch (libdeflate_zlib_decompress(decompressor.get(), compressed.data(), compressed.size(),
                                     rows.get(), size, nullptr)) {
    case LIBDEFLATE_SUCCESS: return rows;
    case LIBDEFLATE_SHORT_OUTPUT: throw Error("its image data are too short");
    case LIBDEFLATE_INSUFFICIENT_SPACE: throw Error("its image data are too long");
    default: throw Error("its image data are damaged");
  }
}

// Room for `count` more values, to be written at once: what resize() sets to 0 is in the cache.
template <class T>
T* grow(std::vector<T>& values, std::size_t count) {
  const std::size_t old = values.size();
  values.resize(old + count);
  return values.data() + old;
}

// The sample at `bytes`, the more significant byte first.
template <class T>
T sample_at(const std::uint8_t* bytes) {
  if constexpr (sizeof(T) == 1) {
    return *bytes;
  } else {
    return static_cast<T>(bytes[0] << 8 | bytes[1]);
  }
}

template <class T, std::size_t kChannels>
void split_row(const std::uint8_t* row, std::size_t width, T* colour, T* alpha) {
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t c = 0; c < kChannels; ++c, row += sizeof(T)) *colour++ = sample_at<T>(row);
    *alpha++ = sample_at<T>(row);
    row += sizeof(T);
  }
}

template <class T>
void append_row(const std::uint8_t* row, std::size_t width, std::size_t channels, bool with_alpha,
                Planes<T>& planes) {
  const std::size_t samples = width * channels;
  T* colour = grow(planes.colour, samples);
  if (with_alpha) {
    T* alpha = grow(planes.alpha, width);
    if (channels == 1) return split_row<T, 1>(row, width, colour, alpha);
    return split_row<T, 3>(row, width, colour, alpha);
  }
  for (std::size_t i = 0; i < samples; ++i) colour[i] = sample_at<T>(row + i * sizeof(T));
}

template <class T>
Planes<T> decode_planes(const PngFile& png, std::size_t channels, bool with_alpha) {
  const auto width = static_cast<std::size_t>(png.header.width);
  const auto height = static_cast<std::size_t>(png.header.height);
  const std::size_t stride = (channels + (with_alpha ? 1 : 0)) * sizeof(T);
  const std::size_t size = width * stride;
  const std::size_t line = 1 + size;
  const Buffer rows = inflate_rows(png, line, height);

  Planes<T> planes;
  planes.colour.reserve(height * width * channels);
  if (with_alpha) planes.alpha.reserve(height * width);
  const std::vector<std::uint8_t> zeros(size + kPngReadAhead);
  const std::uint8_t* above = zeros.data();
  for (std::size_t y = 0; y < height; ++y) {
    std::uint8_t* row = rows.get() + y * line;
    const std::uint8_t filter = *row++;
    if (filter >= kPngFilters) throw Error("row " + std::to_string(y) + " has an unknown filter");
    png_unfilter_row(static_cast<PngFilter>(filter), above, stride, size, row);
    append_row(row, width, channels, with_alpha, planes);
    above = row;
  }
  return planes;
}

}  // namespace

std::optional<Image> decode_plain_png(const PngFile& png) {
  if (!is_plain(png)) return std::nullopt;
  const PngHeader& header = png.header;
  const bool grey = header.colour == PngColour::grey || header.colour == PngColour::grey_alpha;
  const bool alpha = header.colour == PngColour::grey_alpha || header.colour == PngColour::rgba;
  const std::size_t channels = grey ? 1 : 3;
  Image image{header.width, header.height, static_cast<int>(channels), {}};
  if (header.depth == 8) {
    image.planes = decode_planes<std::uint8_t>(png, channels, alpha);
  } else {
    image.planes = decode_planes<std::uint16_t>(png, channels, alpha);
  }
  return image;
}

}  // namespace qsample
