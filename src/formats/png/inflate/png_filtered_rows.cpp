#include "formats/png/inflate/png_filtered_rows.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "formats/png/inflate/png_passes.h"
#include "formats/png/inflate/png_unfilter_kernels.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// A match of 258 bytes takes two bits at the least.
constexpr std::size_t kMostExpansion = 1032;

constexpr const char* kDamaged = "its image data are damaged";
constexpr const char* kTooShort = "its image data are too short";
constexpr const char* kTooLong = "its image data are too long";

using Buffer = std::unique_ptr<std::uint8_t[]>;

// Bytes of a filtered row as wide as the image; passes have none longer.
std::size_t line_of(const PngHeader& header) {
  return 1 + (static_cast<std::size_t>(header.width) * header.bits_a_pixel() + 7) / 8;
}

// All at once, which is fast.
class RowsAtOnce : public PngFilteredRows {
 public:
  explicit RowsAtOnce(const PngFile& png) {
    Buffer joined;
    const auto compressed = compressed_data(png, joined);
    const std::size_t size = png_filtered_size(png.header);
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

  std::uint8_t* next(std::size_t line) override { return std::exchange(next_, next_ + line); }
  void finish() override {}

 private:
  // The compressed image data, which a file may have cut into many chunks: put together in `buffer`
  // unless there is one only.
  static std::span<const std::uint8_t> compressed_data(const PngFile& png, Buffer& buffer) {
    const std::size_t size = png_compressed_size(png);
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
class RowsOneByOne : public PngFilteredRows {
 public:
  RowsOneByOne(const PngFile& png, const DecodeOptions& options) : data_(png, options) {
    for (auto& row : rows_) row.resize(line_of(png.header) + kPngReadAhead);
  }

  std::uint8_t* next(std::size_t line) override {
    rows_[0].swap(rows_[1]);
    data_.get(rows_[0].data(), line);
    return rows_[0].data();
  }
  void finish() override { data_.finish(); }

 private:
  InflatedData data_;
  std::array<std::vector<std::uint8_t>, 2> rows_;  // the last, and the one before it
};

}  // namespace

std::unique_ptr<PngFilteredRows> png_rows_at_once(const PngFile& png) {
  return std::make_unique<RowsAtOnce>(png);
}

std::unique_ptr<PngFilteredRows> png_rows_one_by_one(const PngFile& png,
                                                     const DecodeOptions& options) {
  return std::make_unique<RowsOneByOne>(png, options);
}

void check_png_image_data(const PngFile& png) {
  const DecodeOptions options;
  InflatedData data(png, options);
  std::vector<std::uint8_t> piece(std::size_t{1} << 15);
  for (const PngPass& pass : png_passes(png.header)) {
    std::size_t filter_at = 0;
    for (std::size_t left = pass.height * pass.line; left > 0;) {
      const std::size_t count = std::min(left, piece.size());
      data.get(piece.data(), count);
      for (; filter_at < count; filter_at += pass.line) {
        if (piece[filter_at] >= kPngFilters) throw Error("a row has an unknown filter");
      }
      filter_at -= count;
      left -= count;
    }
  }
  data.finish();
}

std::size_t png_compressed_size(const PngFile& png) {
  std::size_t size = 0;
  for (const PngChunk& chunk : png.chunks) size += chunk.type == "IDAT" ? chunk.data.size() : 0;
  return size;
}

// By rows of the whole width, of which interlaced images take no less.
void check_png_expansion(const PngFile& png) {
  const auto height = static_cast<std::size_t>(png.header.height);
  if (height > png_compressed_size(png) * kMostExpansion / line_of(png.header)) {
    throw Error(kTooShort);
  }
}

}  // namespace qsample
