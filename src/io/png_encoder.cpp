#include "io/png_encoder.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numbers>
#include <span>
#include <string_view>
#include <utility>

#include "io/huffman_deflate.h"
#include "io/png_annotations.h"
#include "io/png_kernels.h"
#include "qsample/error.h"

namespace qsample {
namespace {

static_assert(std::endian::native == std::endian::little);

// A stripe of rows shares one filter and goes into one IDAT chunk.
constexpr std::size_t kStripe = std::size_t{1} << 19;
// To choose the filters of its stripes, rows of about so many bytes are looked at all over an
// image, or one row in so many of a large one. What single bytes cost is summed over parts of the
// third size, since blocks have codes of their own.
constexpr std::size_t kSample = std::size_t{1} << 16;
constexpr std::size_t kRarest = 64;
constexpr std::size_t kSampledPart = std::size_t{1} << 12;
// In so many places, so many bytes each, it is looked whether bytes come again, and from this share
// on matches are tried. Photographs without noise have more, those of t = 1 less.
constexpr std::size_t kProbes = 4;
constexpr std::size_t kProbe = std::size_t{1} << 13;
constexpr double kMatchingShare = 0.02;
constexpr std::size_t kChunkFrame = 12;
constexpr std::size_t kMostInChunk = std::size_t{1} << 30;  // PNG allows nearly twice that
constexpr int kFastLevel = 6;
constexpr int kSmallLevel = 12;

using Row = std::vector<std::uint8_t>;

void append32(std::vector<std::byte>& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::byte>(value >> shift));
}

// Not inlined: GCC 12 then sees writes beyond the end that are not there.
[[gnu::noinline]] void append(std::vector<std::byte>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// A chunk whose data are `parts` one after the other.
void append_chunk(std::vector<std::byte>& out, std::string_view type,
                  std::initializer_list<Bytes> parts) {
  std::size_t size = 0;
  for (const Bytes part : parts) size += part.size();
  append32(out, static_cast<std::uint32_t>(size));
  const std::size_t begin = out.size();
  append(out, std::as_bytes(std::span(type)));
  for (const Bytes part : parts) append(out, part);
  append32(out, libdeflate_crc32(0, out.data() + begin, out.size() - begin));
}

// The rows of an image as PNG has them: interleaved with alpha, 16-bit samples big-endian.
class Rows {
 public:
  explicit Rows(const Image& image) : image_(image) {
    const std::size_t channels =
        static_cast<std::size_t>(image.channels) + (image.has_alpha() ? 1 : 0);
    pixel_ = channels * static_cast<std::size_t>(image.depth() / 8);
    size_ = pixel_ * static_cast<std::size_t>(image.width);
  }

  [[nodiscard]] std::size_t pixel_bytes() const { return pixel_; }
  [[nodiscard]] std::size_t row_bytes() const { return size_; }
  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(image_.height); }

  // The bytes of row y: the image's own where they are as PNG has them, else made in `scratch`.
  // Above the first row is one of zeros.
  const std::uint8_t* get(std::ptrdiff_t y, Row& scratch) const {
    if (y < 0) {
      scratch.assign(size_, 0);
      return scratch.data();
    }
    const auto row = static_cast<std::size_t>(y);
    const auto* bytes = std::get_if<Planes<std::uint8_t>>(&image_.planes);
    if (bytes != nullptr && bytes->alpha.empty()) return bytes->colour.data() + row * size_;
    scratch.resize(size_);
    if (bytes != nullptr) {
      copy(*bytes, row, scratch.data());
    } else {
      copy(std::get<Planes<std::uint16_t>>(image_.planes), row, scratch.data());
    }
    return scratch.data();
  }

 private:
  // Written so that compilers make vectors of it.
  static void swap_bytes(const std::uint16_t* samples, std::size_t count, std::uint8_t* to) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto swapped = static_cast<std::uint16_t>(samples[i] << 8 | samples[i] >> 8);
      std::memcpy(to + 2 * i, &swapped, sizeof swapped);
    }
  }

  template <class T>
  void copy(const Planes<T>& planes, std::size_t y, std::uint8_t* to) const {
    const auto channels = static_cast<std::size_t>(image_.channels);
    const auto width = static_cast<std::size_t>(image_.width);
    const T* colour = planes.colour.data() + y * width * channels;
    const auto put = [&](T v) {
      if constexpr (sizeof(T) == 2) *to++ = static_cast<std::uint8_t>(v >> 8);
      *to++ = static_cast<std::uint8_t>(v & 0xFF);
    };
    if constexpr (sizeof(T) == 2) {
      if (planes.alpha.empty()) return swap_bytes(colour, width * channels, to);
    }
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < channels; ++c) put(*colour++);
      put(planes.alpha[y * width + x]);
    }
  }

  const Image& image_;
  std::size_t pixel_ = 0;
  std::size_t size_ = 0;
};

// Sets `out` to rows first .. last - 1 filtered, each behind a byte that names its filter.
void filter_rows(const Rows& rows, std::size_t first, std::size_t last, PngFilter filter,
                 Row& out) {
  const std::size_t line = rows.row_bytes() + 1;
  out.resize((last - first) * line);
  Row scratch;
  Row scratch_above;
  const std::uint8_t* above = rows.get(static_cast<std::ptrdiff_t>(first) - 1, scratch_above);
  for (std::size_t y = first; y < last; ++y) {
    const std::uint8_t* row = rows.get(static_cast<std::ptrdiff_t>(y), scratch);
    std::uint8_t* to = out.data() + (y - first) * line;
    *to = static_cast<std::uint8_t>(filter);
    png_filter_row(filter, row, above, rows.pixel_bytes(), rows.row_bytes(), to + 1);
    above = row;
    scratch.swap(scratch_above);
  }
}

// What a code of single bytes takes for so many as these are a sample of, which shows less entropy
// than there is: by half a nat for each kind of byte but one (Miller and Madow).
double bits_of_sample(const Histogram& histogram) {
  const auto kinds =
      std::count_if(histogram.begin(), histogram.end(), [](auto n) { return n > 0; });
  return entropy_bits(histogram) + 0.5 * std::numbers::log2e * static_cast<double>(kinds - 1);
}

// The filter after which single bytes cost least, judged by one row in `every`.
PngFilter choose_filter(const Rows& rows, std::size_t first, std::size_t last, std::size_t every) {
  std::array<ByteCounter, kPngFilters> counters{};
  std::array<double, kPngFilters> bits{};
  std::size_t counted = 0;
  const auto count_up = [&] {
    for (std::size_t filter = 0; filter < bits.size(); ++filter) {
      bits[filter] += bits_of_sample(std::exchange(counters[filter], {}).histogram());
    }
    counted = 0;
  };
  Row scratch;
  Row scratch_above;
  Row out(rows.row_bytes());
  for (std::size_t y = first + std::min(every, last - first) / 2; y < last; y += every) {
    const std::uint8_t* above = rows.get(static_cast<std::ptrdiff_t>(y) - 1, scratch_above);
    const std::uint8_t* row = rows.get(static_cast<std::ptrdiff_t>(y), scratch);
    for (std::size_t filter = 0; filter < bits.size(); ++filter) {
      png_filter_row(static_cast<PngFilter>(filter), row, above, rows.pixel_bytes(),
                     rows.row_bytes(), out.data());
      counters[filter].add(out);
    }
    counted += out.size();
    if (counted >= kSampledPart) count_up();
  }
  if (counted > 0) count_up();
  return static_cast<PngFilter>(std::min_element(bits.begin(), bits.end()) - bits.begin());
}

struct Stripe {
  std::size_t first, last;
  PngFilter filter;
};

std::vector<Stripe> stripes_of(const Rows& rows) {
  const std::size_t height = std::max<std::size_t>(1, kStripe / (rows.row_bytes() + 1));
  const std::size_t every =
      std::clamp<std::size_t>(rows.count() * rows.row_bytes() / kSample, 1, kRarest);
  std::vector<Stripe> stripes;
  for (std::size_t y = 0; y < rows.count(); y += height) {
    const std::size_t end = std::min(y + height, rows.count());
    stripes.push_back({y, end, choose_filter(rows, y, end, every)});
  }
  return stripes;
}

constexpr std::array kZlibHeader = {std::byte{0x78}, std::byte{0x01}};

std::array<std::byte, 4> big_endian(std::uint32_t v) {
  return {std::byte(v >> 24), std::byte(v >> 16 & 0xFF), std::byte(v >> 8 & 0xFF),
          std::byte(v & 0xFF)};
}

void put32(std::byte* to, std::uint32_t value) {
  const auto bytes = big_endian(value);
  std::copy(bytes.begin(), bytes.end(), to);
}

// Makes the image data as IDAT chunks, one a stripe, without matches. Each is put together where
// its codes are written.
void put_huffman(const Rows& rows, const std::vector<Stripe>& stripes, const Sink& sink) {
  constexpr std::size_t kFront = 8;  // size and type
  constexpr std::size_t kFrame = kFront + kZlibHeader.size() + 2 * sizeof(std::uint32_t);
  const std::size_t most = huffman_room(kStripe + rows.row_bytes() + 1) + kFrame;
  const auto chunk = std::make_unique_for_overwrite<std::byte[]>(most);
  std::memcpy(chunk.get() + 4, "IDAT", 4);
  std::uint32_t adler = 1;
  Row bytes;
  for (const Stripe& stripe : stripes) {
    filter_rows(rows, stripe.first, stripe.last, stripe.filter, bytes);
    adler = libdeflate_adler32(adler, bytes.data(), bytes.size());
    std::byte* to = chunk.get() + kFront;
    if (stripe.first == 0) to = std::copy(kZlibHeader.begin(), kZlibHeader.end(), to);
    const bool is_last = stripe.last == rows.count();
    to += write_huffman_blocks(bytes, is_last, to);
    if (is_last) put32(std::exchange(to, to + 4), adler);
    const auto size = static_cast<std::size_t>(to - chunk.get()) - kFront;
    put32(chunk.get(), static_cast<std::uint32_t>(size));
    put32(to, libdeflate_crc32(0, chunk.get() + 4, size + 4));
    sink({chunk.get(), kFront + size + 4});
  }
}

// The zlib stream of `bytes`, with matches.
std::vector<std::byte> with_matches(std::span<const std::uint8_t> bytes, int level) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  if (!compressor) throw Error("not enough memory");
  std::vector<std::byte> out(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()));
  out.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), out.data(),
                                      out.size()));
  return out;
}

// All rows, in their stripes' filters or in none.
Row all_rows(const Rows& rows, const std::vector<Stripe>& stripes, bool filter) {
  Row bytes;
  Row part;
  for (const Stripe& stripe : stripes) {
    filter_rows(rows, stripe.first, stripe.last, filter ? stripe.filter : PngFilter::none, part);
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  return bytes;
}

// Whether matches may make the image smaller: whether it comes often enough, in rows from all over
// it, that the next eight bytes were seen shortly before. In noise, they hardly ever were.
bool may_have_matches(const Rows& rows, const std::vector<Stripe>& stripes) {
  constexpr int kHashBits = 12;
  constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15;
  std::vector<std::uint64_t> seen(std::size_t{1} << kHashBits);
  std::size_t positions = 0;
  std::size_t found = 0;
  Row bytes;
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    const std::size_t first = rows.count() * (2 * probe + 1) / (2 * kProbes);
    const auto stripe = std::find_if(stripes.begin(), stripes.end(),
                                     [=](const Stripe& one) { return first < one.last; });
    const std::size_t last = first + std::max<std::size_t>(1, kProbe / rows.row_bytes());
    filter_rows(rows, first, std::min(last, rows.count()), stripe->filter, bytes);
    for (std::size_t i = 0; i + 8 <= bytes.size(); ++i, ++positions) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + i, 8);
      auto& slot = seen[word * kGoldenRatio >> (64 - kHashBits)];
      found += slot == word ? 1 : 0;
      slot = word;
    }
  }
  return static_cast<double>(found) > kMatchingShare * static_cast<double>(positions);
}

void put_image_data(const Rows& rows, Compression compression, const Sink& sink) {
  const auto stripes = stripes_of(rows);
  const bool small = compression == Compression::small;
  if (!small && !may_have_matches(rows, stripes)) return put_huffman(rows, stripes, sink);
  const int level = small ? kSmallLevel : kFastLevel;
  auto best = with_matches(all_rows(rows, stripes, true), level);
  auto unfiltered = with_matches(all_rows(rows, stripes, false), level);
  if (unfiltered.size() < best.size()) best = std::move(unfiltered);
  std::vector<std::byte> chunks;
  put_huffman(rows, stripes, [&](Bytes piece) { append(chunks, piece); });
  if (best.size() + kChunkFrame < chunks.size()) {
    chunks.clear();
    for (Bytes left = best; !left.empty();
         left = left.subspan(std::min(left.size(), kMostInChunk))) {
      append_chunk(chunks, "IDAT", {left.first(std::min(left.size(), kMostInChunk))});
    }
  }
  sink(chunks);
}

}  // namespace

void encode_png(const Image& image, const EncodeOptions& options, const Sink& sink) {
  std::vector<std::byte> start;
  append(start, std::as_bytes(std::span(kPngSignature)));
  std::vector<std::byte> header;
  append32(header, static_cast<std::uint32_t>(image.width));
  append32(header, static_cast<std::uint32_t>(image.height));
  const int colour_type = (image.channels == 3 ? 2 : 0) + (image.has_alpha() ? 4 : 0);
  for (const int value : {image.depth(), colour_type, 0, 0, 0}) {
    header.push_back(static_cast<std::byte>(value));
  }
  append_chunk(start, "IHDR", {header});
  for (const StoredChunk& chunk : annotation_chunks(image, options)) {
    append_chunk(start, chunk.type, {chunk.data});
  }
  sink(start);
  put_image_data(Rows(image), options.compression, sink);
  std::vector<std::byte> end;
  append_chunk(end, "IEND", {});
  sink(end);
}

}  // namespace qsample
