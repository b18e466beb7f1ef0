#include "formats/png/png_decoder.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "formats/png/png_unfilter_kernels.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// A match of 258 bytes takes two bits at the least.
constexpr std::size_t kMostExpansion = 1032;
// Bytes of pixels, and of pixels for each byte of the file, from which a file is looked through
// before it is decoded.
constexpr std::size_t kMostUnseen = std::size_t{1} << 25;
constexpr std::size_t kSuspicious = 16;

using Buffer = std::unique_ptr<std::uint8_t[]>;

// The passes of an interlaced image (specification, section 8.2): the pixels from (x, y) on, dx and
// dy apart.
struct Adam7 {
  std::size_t x, y, dx, dy;

  // How many there are from `first` on of `size` in steps of `step`.
  static std::size_t count(std::size_t size, std::size_t first, std::size_t step) {
    return size > first ? (size - first - 1) / step + 1 : 0;
  }
};
constexpr Adam7 kAdam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                            {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

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

std::size_t compressed_size(const PngFile& png) {
  std::size_t size = 0;
  for (const PngChunk& chunk : png.chunks) size += chunk.type == "IDAT" ? chunk.data.size() : 0;
  return size;
}

constexpr const char* kDamaged = "its image data are damaged";
constexpr const char* kTooShort = "its image data are too short";
constexpr const char* kTooLong = "its image data are too long";

// Bytes of a filtered row of an image that is not interlaced, whose passes take no less.
std::size_t line_of(const PngHeader& header) {
  return 1 + (static_cast<std::size_t>(header.width) * header.bits_a_pixel() + 7) / 8;
}

// Before memory is asked for.
void check_expansion(const PngFile& png) {
  const auto height = static_cast<std::size_t>(png.header.height);
  if (height > compressed_size(png) * kMostExpansion / line_of(png.header)) throw Error(kTooShort);
}

// Each filtered row, behind the byte that names its filter, in turn.
class FilteredRows {
 public:
  FilteredRows() = default;
  FilteredRows(const FilteredRows&) = delete;
  FilteredRows& operator=(const FilteredRows&) = delete;
  virtual ~FilteredRows() = default;
  // May be written to, kPngReadAhead bytes may be read behind it, and it stays until the call after
  // the next.
  virtual std::uint8_t* next() = 0;
  // After the last row: throws Error unless the data end with it.
  virtual void finish() = 0;
};

// All at once, which is fast.
class RowsAtOnce : public FilteredRows {
 public:
  RowsAtOnce(const PngFile& png, std::size_t line, std::size_t height) : line_(line) {
    Buffer joined;
    const auto compressed = compressed_data(png, joined);
    const std::size_t size = height * line;
    rows_ = std::make_unique_for_overwrite<std::uint8_t[]>(size + kPngReadAhead);
    std::fill_n(rows_.get() + size, kPngReadAhead, std::uint8_t{0});
    next_ = rows_.get();

    const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
        decompressor(libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    if (!decompressor) throw Error("out of memory");
    // What follows the end of the compressed stream is passed over, as other decoders do.
    switch (libdeflate_zlib_decompress(decompressor.get(), compressed.data(), compressed.size(),
                                       rows_.get(), size, nullptr)) {
      case LIBDEFLATE_SUCCESS: break;
      case LIBDEFLATE_SHORT_OUTPUT: throw Error(kTooShort);
      case LIBDEFLATE_INSUFFICIENT_SPACE: throw Error(kTooLong);
      default: throw Error(kDamaged);
    }
  }

  std::uint8_t* next() override { return std::exchange(next_, next_ + line_); }
  void finish() override {}

 private:
  // The compressed image data, which a file may have cut into many chunks: put together in `buffer`
  // unless there is one only.
  static std::span<const std::uint8_t> compressed_data(const PngFile& png, Buffer& buffer) {
    const std::size_t size = compressed_size(png);
    const Bytes first = png.find("IDAT")->data;
    if (first.size() == size) {
      return {reinterpret_cast<const std::uint8_t*>(first.data()), size};
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

  std::size_t line_;
  Buffer rows_;
  std::uint8_t* next_ = nullptr;
};

// The image data through zlib, which inflates piece by piece as libdeflate does not. Of the file,
// no more than is still to come need stay.
class InflatedData {
 public:
  InflatedData(const PngFile& png, const DecodeOptions& options)
      : options_(options), chunk_(png.find("IDAT")) {
    if (::inflateInit(&stream_) != Z_OK) throw Error("out of memory");
  }
  InflatedData(const InflatedData&) = delete;
  InflatedData& operator=(const InflatedData&) = delete;
  ~InflatedData() { ::inflateEnd(&stream_); }

  // The next `size` bytes.
  void get(std::uint8_t* to, std::size_t size) {
    if (inflate_to(to, size) < size) throw Error(kTooShort);
  }

  // Throws Error unless the data end here.
  void finish() {
    std::uint8_t more = 0;
    if (inflate_to(&more, 1) > 0) throw Error(kTooLong);
    if (!ended_) throw Error(kDamaged);
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 20;

  // Inflates up to `size` bytes; fewer where the data end.
  std::size_t inflate_to(std::uint8_t* to, std::size_t size) {
    std::size_t done = 0;
    while (done < size && !ended_) {
      if (stream_.avail_in == 0 && !feed()) break;
      const auto room = static_cast<uInt>(std::min(size - done, kPiece));
      stream_.next_out = to + done;
      stream_.avail_out = room;
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      done += room - stream_.avail_out;
      ended_ = status == Z_STREAM_END;
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) throw Error(kDamaged);
    }
    return done;
  }

  // Gives zlib a piece of the chunks; false where they end.
  bool feed() {
    while (left_.empty()) {
      if (chunk_->type != "IDAT") return false;  // IEND comes last
      left_ = (chunk_++)->data;
    }
    const Bytes piece = left_.first(std::min(left_.size(), kPiece));
    left_ = left_.subspan(piece.size());
    options_.passed(piece.data());
    // zlib reads by a pointer to non-const where it is not told otherwise.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    return true;
  }

  const DecodeOptions& options_;
  const PngChunk* chunk_;  // the next
  Bytes left_;             // of the chunk before
  z_stream stream_{};
  bool ended_ = false;
};

// One by one, in the memory of two.
class RowsOneByOne : public FilteredRows {
 public:
  RowsOneByOne(const PngFile& png, std::size_t line, const DecodeOptions& options)
      : data_(png, options), line_(line) {
    for (auto& row : rows_) row.resize(line + kPngReadAhead);
  }

  std::uint8_t* next() override {
    rows_[0].swap(rows_[1]);
    data_.get(rows_[0].data(), line_);
    return rows_[0].data();
  }
  void finish() override { data_.finish(); }

 private:
  InflatedData data_;
  std::size_t line_;
  std::array<std::vector<std::uint8_t>, 2> rows_;  // the last, and the one before it
};

std::unique_ptr<FilteredRows> filtered_rows(const PngFile& png, std::size_t line,
                                            std::size_t height, const DecodeOptions& options) {
  check_expansion(png);
  const std::size_t size = height * line;
  // So large and so small: memory only once it is sure that the file is worth it.
  if (size > kMostUnseen && size / kSuspicious > compressed_size(png)) check_png_image_data(png);
  if (size > options.most_at_once) return std::make_unique<RowsOneByOne>(png, line, options);
  return std::make_unique<RowsAtOnce>(png, line, height);
}

// Room for `count` more values, to be written at once: what resize() sets to 0 is in the cache.
template <class T>
T* grow(std::vector<T>& values, std::size_t count) {
  const std::size_t old = values.size();
  values.resize(old + count);
  return values.data() + old;
}

static_assert(std::endian::native == std::endian::little);

// The sample at `bytes`, the more significant byte first; as a load and a turn, which compilers
// make vectors of.
template <class T>
T sample_at(const std::uint8_t* bytes) {
  if constexpr (sizeof(T) == 1) {
    return *bytes;
  } else {
    T turned = 0;
    std::memcpy(&turned, bytes, sizeof turned);
    return static_cast<T>(turned << 8 | turned >> 8);
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
Planes<T> decode_planes(const PngFile& png, std::size_t channels, bool with_alpha,
                        const DecodeOptions& options) {
  const auto width = static_cast<std::size_t>(png.header.width);
  const auto height = static_cast<std::size_t>(png.header.height);
  const std::size_t stride = (channels + (with_alpha ? 1 : 0)) * sizeof(T);
  const std::size_t size = width * stride;
  const std::size_t line = 1 + size;
  const auto rows = filtered_rows(png, line, height, options);

  Planes<T> planes;
  planes.colour.reserve(height * width * channels);
  if (with_alpha) planes.alpha.reserve(height * width);
  const std::vector<std::uint8_t> zeros(size + kPngReadAhead);
  const std::uint8_t* above = zeros.data();
  for (std::size_t y = 0; y < height; ++y) {
    std::uint8_t* row = rows->next();
    const std::uint8_t filter = *row++;
    if (filter >= kPngFilters) throw Error("row " + std::to_string(y) + " has an unknown filter");
    png_unfilter_row(static_cast<PngFilter>(filter), above, stride, size, row);
    append_row(row, width, channels, with_alpha, planes);
    above = row;
    options.run.tell({"rows read", y + 1, height});
  }
  rows->finish();
  return planes;
}

}  // namespace

void check_png_image_data(const PngFile& png) {
  const PngHeader& header = png.header;
  const DecodeOptions options;
  InflatedData data(png, options);
  std::vector<std::uint8_t> piece(std::size_t{1} << 15);
  const auto pass = [&](std::size_t width, std::size_t height) {
    if (width == 0) return;  // and so no rows
    const std::size_t line = 1 + (width * header.bits_a_pixel() + 7) / 8;
    std::size_t filter_at = 0;
    for (std::size_t left = height * line; left > 0;) {
      const std::size_t count = std::min(left, piece.size());
      data.get(piece.data(), count);
      for (; filter_at < count; filter_at += line) {
        if (piece[filter_at] >= kPngFilters) throw Error("a row has an unknown filter");
      }
      filter_at -= count;
      left -= count;
    }
  };
  const auto width = static_cast<std::size_t>(header.width);
  const auto height = static_cast<std::size_t>(header.height);
  if (!header.interlaced) {
    pass(width, height);
  } else {
    for (const Adam7& part : kAdam7)
      pass(Adam7::count(width, part.x, part.dx), Adam7::count(height, part.y, part.dy));
  }
  data.finish();
}

Footprint png_footprint(const PngFile& png, int orientation, const DecodeOptions& options) {
  check_expansion(png);
  const PngHeader& header = png.header;
  const auto pixels =
      static_cast<std::size_t>(header.width) * static_cast<std::size_t>(header.height);
  const bool grey = header.colour == PngColour::grey || header.colour == PngColour::grey_alpha;
  const bool alpha = header.colour == PngColour::grey_alpha || header.colour == PngColour::rgba ||
                     png.find("tRNS") != nullptr;
  Footprint image{.samples = pixels * ((grey ? 1U : 3U) + (alpha ? 1U : 0U)),
                  .depth = std::max(header.depth, 8),
                  .orientation = orientation};
  // The samples, filtered or still with their alpha among them, and compressed data of many chunks.
  if (!is_plain(png)) {
    image.working = image.bytes();
  } else if (image.bytes() <= options.most_at_once) {
    const std::size_t compressed = compressed_size(png);
    const bool joined = png.find("IDAT")->data.size() < compressed;
    image.working = image.bytes() + (joined ? compressed : 0);
  }
  return image;
}

std::optional<Image> decode_plain_png(const PngFile& png, const DecodeOptions& options) {
  if (!is_plain(png)) return std::nullopt;
  const PngHeader& header = png.header;
  const bool grey = header.colour == PngColour::grey || header.colour == PngColour::grey_alpha;
  const bool alpha = header.colour == PngColour::grey_alpha || header.colour == PngColour::rgba;
  const std::size_t channels = grey ? 1 : 3;
  Image image{header.width, header.height, static_cast<int>(channels), {}};
  if (header.depth == 8) {
    image.planes = decode_planes<std::uint8_t>(png, channels, alpha, options);
  } else {
    image.planes = decode_planes<std::uint16_t>(png, channels, alpha, options);
  }
  return image;
}

}  // namespace qsample
