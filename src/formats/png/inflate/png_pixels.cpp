#include "formats/png/inflate/png_pixels.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string>

#include "base/byte_order.h"
#include "qsample/error.h"

namespace qsample {
namespace {

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
void split(const std::uint8_t* row, std::size_t width, T* colour, T* alpha) {
  for (std::size_t x = 0; x < width; ++x) {
    for (std::size_t c = 0; c < kChannels; ++c, row += sizeof(T)) *colour++ = sample_at<T>(row);
    *alpha++ = sample_at<T>(row);
    row += sizeof(T);
  }
}

template <class T>
void copy(const std::uint8_t* row, std::size_t samples, T* colour) {
  for (std::size_t i = 0; i < samples; ++i) colour[i] = sample_at<T>(row + i * sizeof(T));
}

// Alpha of 0 for the pixels of one colour, all others opaque.
template <class T, std::size_t kChannels>
void clear(const T* colour, std::size_t width, const std::array<std::uint16_t, 3>& transparent,
           T* alpha) {
  for (std::size_t x = 0; x < width; ++x, colour += kChannels) {
    bool same = true;
    for (std::size_t c = 0; c < kChannels; ++c) same &= colour[c] == transparent[c];
    alpha[x] = same ? T{0} : std::numeric_limits<T>::max();
  }
}

// The first pixel is in the highest bits.
template <std::size_t kBits>
void unpack(const std::uint8_t* row, std::size_t width, std::uint8_t* out) {
  constexpr std::size_t kInByte = 8 / kBits;
  for (std::size_t x = 0; x < width; ++x) {
    const std::size_t shift = 8 - kBits - x % kInByte * kBits;
    out[x] = static_cast<std::uint8_t>(row[x / kInByte] >> shift & ((1U << kBits) - 1));
  }
}

bool is_grey(PngColour colour) {
  return colour == PngColour::grey || colour == PngColour::grey_alpha;
}

}  // namespace

PngPixels::PngPixels(const PngFile& png)
    : header_(png.header),
      channels_(is_grey(header_.colour) ? 1 : 3),
      has_alpha_(header_.colour == PngColour::grey_alpha || header_.colour == PngColour::rgba) {
  const PngChunk* transparency = png.find("tRNS");
  has_alpha_ |= transparency != nullptr;
  if (header_.colour == PngColour::palette) {
    const Bytes colours = png.find("PLTE")->data;
    const auto byte = [](Bytes bytes, std::size_t i) {
      return std::to_integer<std::uint8_t>(bytes[i]);
    };
    for (std::size_t i = 0; i + 2 < colours.size(); i += 3) {
      palette_.push_back({{byte(colours, i), byte(colours, i + 1), byte(colours, i + 2)}, 255});
    }
    if (transparency == nullptr) return;
    for (std::size_t i = 0; i < transparency->data.size(); ++i) {
      palette_[i].alpha = byte(transparency->data, i);
    }
  } else if (transparency != nullptr) {
    // In 16 bits whatever the depth, of which those count that a sample has.
    transparent_.emplace();
    for (std::size_t c = 0; c < channels_; ++c) {
      const unsigned value = read_big_endian<std::uint16_t>(transparency->data, 2 * c);
      (*transparent_)[c] = static_cast<std::uint16_t>(value & ((1U << header_.depth) - 1));
    }
  }
}

const std::uint8_t* PngPixels::unpacked(const std::uint8_t* row, std::size_t width) {
  if (header_.depth == 8) return row;
  unpacked_.resize(width);
  switch (header_.depth) {
    case 1: unpack<1>(row, width, unpacked_.data()); break;
    case 2: unpack<2>(row, width, unpacked_.data()); break;
    default: unpack<4>(row, width, unpacked_.data()); break;
  }
  return unpacked_.data();
}

void PngPixels::look_up(const std::uint8_t* indices, std::size_t width, std::uint8_t* colour,
                        std::uint8_t* alpha) const {
  for (std::size_t x = 0; x < width; ++x, colour += 3) {
    const std::size_t index = indices[x];
    if (index >= palette_.size()) {
      throw Error("its palette has no colour " + std::to_string(index));
    }
    std::memcpy(colour, palette_[index].colour, 3);
    if (has_alpha_) alpha[x] = palette_[index].alpha;
  }
}

template <class T>
void PngPixels::spread(const std::uint8_t* row, std::size_t width, T* colour, T* alpha) {
  if (has_alpha_ && !transparent_ && palette_.empty()) {
    return channels_ == 1 ? split<T, 1>(row, width, colour, alpha)
                          : split<T, 3>(row, width, colour, alpha);
  }
  if constexpr (sizeof(T) == 1) {
    row = unpacked(row, width);
    if (!palette_.empty()) return look_up(row, width, colour, alpha);
  }
  copy(row, width * channels_, colour);
  if (transparent_) {
    channels_ == 1 ? clear<T, 1>(colour, width, *transparent_, alpha)
                   : clear<T, 3>(colour, width, *transparent_, alpha);
  }
  if (header_.depth < 8) {
    const unsigned white = (1U << header_.depth) - 1;
    std::transform(colour, colour + width, colour,
                   [&](T v) { return static_cast<T>(v * (255 / white)); });
  }
}

template void PngPixels::spread(const std::uint8_t*, std::size_t, std::uint8_t*, std::uint8_t*);
template void PngPixels::spread(const std::uint8_t*, std::size_t, std::uint16_t*, std::uint16_t*);

}  // namespace qsample
