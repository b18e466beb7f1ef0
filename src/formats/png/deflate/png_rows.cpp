#include "formats/png/deflate/png_rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numbers>
#include <utility>

#include "base/parallel.h"
#include "formats/png/deflate/huffman_deflate.h"

namespace qsample {
namespace {

// To choose the filters of its stripes, rows of about so many bytes are looked at all over an
// image, or one row in so many of a large one. What single bytes cost is summed over parts of the
// third size, since blocks have codes of their own.
constexpr std::size_t kSample = std::size_t{1} << 16;
constexpr std::size_t kRarest = 64;
constexpr std::size_t kSampledPart = std::size_t{1} << 12;

using Row = std::vector<std::uint8_t>;

static_assert(std::endian::native == std::endian::little);

// Written so that compilers make vectors of it.
void swap_bytes(const std::uint16_t* samples, std::size_t count, std::uint8_t* to) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto swapped = static_cast<std::uint16_t>(samples[i] << 8 | samples[i] >> 8);
    std::memcpy(to + 2 * i, &swapped, sizeof swapped);
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
PngFilter choose_filter(const PngRows& rows, std::size_t first, std::size_t last,
                        std::size_t every) {
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

}  // namespace

PngRows::PngRows(const Image& image)
    : image_(image),
      pixel_(static_cast<std::size_t>((image.channels + (image.has_alpha() ? 1 : 0)) *
                                      image.depth() / 8)),
      size_(pixel_ * static_cast<std::size_t>(image.width)) {}

const std::uint8_t* PngRows::get(std::ptrdiff_t y, Row& scratch) const {
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

template <class T>
void PngRows::copy(const Planes<T>& planes, std::size_t y, std::uint8_t* to) const {
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

void png_filter_rows(const PngRows& rows, std::size_t first, std::size_t last, PngFilter filter,
                     std::uint8_t* to) {
  Row scratch;
  Row scratch_above;
  const std::uint8_t* above = rows.get(static_cast<std::ptrdiff_t>(first) - 1, scratch_above);
  for (std::size_t y = first; y < last; ++y) {
    const std::uint8_t* row = rows.get(static_cast<std::ptrdiff_t>(y), scratch);
    *to++ = static_cast<std::uint8_t>(filter);
    png_filter_row(filter, row, above, rows.pixel_bytes(), rows.row_bytes(), to);
    to += rows.row_bytes();
    above = row;
    scratch.swap(scratch_above);
  }
}

std::vector<PngStripe> png_stripes(const PngRows& rows, int workers) {
  const std::size_t height = std::max<std::size_t>(1, kPngStripe / (rows.row_bytes() + 1));
  const std::size_t every =
      std::clamp<std::size_t>(rows.count() * rows.row_bytes() / kSample, 1, kRarest);
  std::vector<PngStripe> stripes((rows.count() + height - 1) / height);
  parallel_for(stripes.size(), workers, [&](std::size_t i) {
    const std::size_t first = i * height;
    const std::size_t last = std::min(first + height, rows.count());
    stripes[i] = {first, last, choose_filter(rows, first, last, every)};
  });
  return stripes;
}

}  // namespace qsample
