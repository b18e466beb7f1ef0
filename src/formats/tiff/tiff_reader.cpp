#include "formats/tiff/tiff_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>

#include "formats/tiff/tiff_blocks.h"
#include "formats/tiff/tiff_file.h"
#include "image/alpha.h"
#include "qsample/error.h"

namespace qsample::plugin {
namespace {

// How the samples of an image are stored.
struct Layout {
  std::size_t width, height;
  std::size_t samples;  // a pixel, of which `channels` are colour
  std::size_t channels;
  int bits;
  bool is_float;
  bool separate;  // a plane for each sample
  bool tiled;
  int photometric;
  int alpha;  // EXTRASAMPLE_*, or -1 for none
  int orientation;
};

bool is_fax(int compression) {
  return compression == COMPRESSION_CCITTRLE || compression == COMPRESSION_CCITTRLEW ||
         compression == COMPRESSION_CCITTFAX3 || compression == COMPRESSION_CCITTFAX4;
}

// What the samples mean. Where no tag says it, as TIFFRGBAImage takes it: fax has white for 0.
int photometric_of(TIFF* tiff, int compression, std::size_t samples) {
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  if (TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric) == 0) {
    if (is_fax(compression)) return PHOTOMETRIC_MINISWHITE;
    return samples < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB;
  }
  return photometric;
}

// EXTRASAMPLE_ASSOCALPHA or EXTRASAMPLE_UNASSALPHA; -1 where all samples are colours. A further
// one that is not said to be alpha may be anything, near infrared or a stain (TIFF 6.0, section 18,
// "ExtraSamples").
int alpha_of(TIFF* tiff, const Layout& layout) {
  if (layout.samples == layout.channels) return -1;
  if (layout.samples != layout.channels + 1) {
    throw Error("it has " + std::to_string(layout.samples) + " channels, of which " +
                std::to_string(layout.channels) +
                " and an alpha channel could be read; take the others out first");
  }
  std::uint16_t count = 0;
  const std::uint16_t* kinds = nullptr;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds);
  const int kind = count > 0 ? kinds[0] : EXTRASAMPLE_UNSPECIFIED;
  if (kind == EXTRASAMPLE_ASSOCALPHA || kind == EXTRASAMPLE_UNASSALPHA) return kind;
  throw Error("its channel " + std::to_string(layout.samples) +
              " is not said to be alpha (tag ExtraSamples), and only alpha is read beside the "
              "colours; take it out first, or if it is alpha, mark it: tiffset -s 338 1 2 FILE");
}

void check_inks(TIFF* tiff, const DecodeOptions& options) {
  if (field<std::uint16_t>(tiff, TIFFTAG_INKSET) != INKSET_CMYK) {
    throw Error("its colours are inks other than CMYK; convert it to RGB first");
  }
  check_may_be_cmyk(options);
}

Layout layout_of(TIFF* tiff, const DecodeOptions& options) {
  Layout layout{};
  layout.width = field<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH);
  layout.height = field<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH);
  check_size(layout.width, layout.height, options);
  layout.samples = field<std::uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL);
  layout.bits = field<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE);
  const int format = field<std::uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT);
  layout.is_float = format == SAMPLEFORMAT_IEEEFP;
  layout.separate = layout.samples > 1 &&
                    field<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  layout.tiled = TIFFIsTiled(tiff) != 0;
  layout.orientation = field<std::uint16_t>(tiff, TIFFTAG_ORIENTATION);
  if (layout.orientation < 1 || layout.orientation > 8) layout.orientation = 1;
  const int compression = field<std::uint16_t>(tiff, TIFFTAG_COMPRESSION);
  const int photometric = photometric_of(tiff, compression, layout.samples);
  layout.photometric = photometric;
  // JPEG in TIFF: its library turns YCbCr into RGB.
  if (photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    layout.photometric = PHOTOMETRIC_RGB;
  }
  switch (layout.photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_PALETTE: layout.channels = 1; break;
    case PHOTOMETRIC_RGB: layout.channels = 3; break;
    case PHOTOMETRIC_SEPARATED:
      check_inks(tiff, options);
      layout.channels = 4;
      break;
    default:
      throw Error("its colours are stored in a way (photometric interpretation " +
                  std::to_string(photometric) + ") that is not read; convert it to RGB first");
  }
  const bool known_bits = layout.is_float
                              ? layout.bits == 32
                              : layout.bits == 1 || layout.bits == 2 || layout.bits == 4 ||
                                    layout.bits == 8 || layout.bits == 16;
  const bool float_inks = layout.is_float && photometric == PHOTOMETRIC_SEPARATED;
  const bool deep_palette = photometric == PHOTOMETRIC_PALETTE && layout.bits > 8;
  if (!known_bits || deep_palette || float_inks || format == SAMPLEFORMAT_INT ||
      (layout.is_float && photometric == PHOTOMETRIC_MINISWHITE)) {
    throw Error("its samples are " + std::to_string(layout.bits) + "-bit " +
                (layout.is_float              ? "floats"
                 : format == SAMPLEFORMAT_INT ? "signed integers"
                                              : "integers") +
                ", which are not read");
  }
  layout.alpha = alpha_of(tiff, layout);
  return layout;
}

// A strip or a tile: its place in the image, and the size of its data.
struct Block {
  std::uint32_t index;
  std::size_t x, y, plane;
  std::size_t width, height;  // within the image
  std::size_t row_bytes;
  std::size_t size;       // what must be there
  std::size_t full_size;  // what may be there
};

// The blocks of an image, one after the other: there may be millions, and they take no memory.
class Blocks {
 public:
  Blocks(TIFF* tiff, const Layout& layout, const DecodeOptions& options) : layout_(layout) {
    if (layout.tiled) {
      width_ = field<std::uint32_t>(tiff, TIFFTAG_TILEWIDTH);
      height_ = field<std::uint32_t>(tiff, TIFFTAG_TILELENGTH);
      row_bytes_ = static_cast<std::size_t>(TIFFTileRowSize64(tiff));
    } else {
      width_ = layout.width;
      height_ =
          std::min<std::size_t>(field<std::uint32_t>(tiff, TIFFTAG_ROWSPERSTRIP), layout.height);
      row_bytes_ = static_cast<std::size_t>(TIFFScanlineSize64(tiff));
    }
    check_size(width_, height_, options);
    // A small image may be one tile of a size that suits larger ones.
    constexpr std::size_t kUsualTile = std::size_t{1} << 22;
    if (width_ * height_ > std::max(4 * layout.width * layout.height, kUsualTile))
      throw Error("its tiles are much larger than it");
  }

  template <class Use>
  void each(Use use) const {
    const std::size_t full = row_bytes_ * height_;
    std::uint32_t index = 0;
    for (std::size_t plane = 0; plane < (layout_.separate ? layout_.samples : 1); ++plane) {
      for (std::size_t y = 0; y < layout_.height; y += height_) {
        const std::size_t rows = std::min(height_, layout_.height - y);
        for (std::size_t x = 0; x < layout_.width; x += width_) {
          use(Block{index++, x, y, plane, std::min(width_, layout_.width - x), rows, row_bytes_,
                    layout_.tiled ? full : row_bytes_ * rows, full});
        }
      }
    }
  }

  // Bytes of the largest.
  [[nodiscard]] std::size_t largest() const { return row_bytes_ * height_; }

 private:
  const Layout& layout_;
  std::size_t width_, height_;
  std::size_t row_bytes_;
};

// The compressed data of a block, as they lie in the file.
std::span<const std::uint8_t> stored(TIFF* tiff, const Memory& memory, const Block& block) {
  const std::uint64_t count = TIFFGetStrileByteCount(tiff, block.index);
  const std::uint64_t offset = TIFFGetStrileOffset(tiff, block.index);
  if (offset > memory.bytes.size() || count > memory.bytes.size() - offset)
    throw Error("it is truncated");
  return {reinterpret_cast<const std::uint8_t*>(memory.bytes.data()) + offset, count};
}

// The bytes that `data` could be at the most, where the compression has a limit.
std::size_t most_of(int compression, std::size_t data) {
  constexpr std::size_t kPackBitsRun = 128;  // of two bytes
  switch (compression) {
    case COMPRESSION_NONE: return data;
    case COMPRESSION_PACKBITS: return data / 2 * kPackBitsRun + 1;
    default: return std::numeric_limits<std::size_t>::max();
  }
}

// Refuses a block whose compressed data are damaged in a way that its decoder lets pass, or that
// can't be what they should.
void check_block(TIFF* tiff, const Memory& memory, const Block& block) {
  auto data = stored(tiff, memory, block);
  const int compression = field<std::uint16_t>(tiff, TIFFTAG_COMPRESSION);
  if (most_of(compression, data.size()) < block.size) throw Error("a strip of it is too short");
  const bool deflate =
      compression == COMPRESSION_ADOBE_DEFLATE || compression == COMPRESSION_DEFLATE;
  if (!deflate && compression != COMPRESSION_LZW) return;
  std::vector<std::uint8_t> reversed;
  if (field<std::uint16_t>(tiff, TIFFTAG_FILLORDER) == FILLORDER_LSB2MSB) {
    reversed.assign(data.begin(), data.end());
    TIFFReverseBits(reversed.data(), static_cast<tmsize_t>(reversed.size()));
    data = reversed;
  }
  // An old kind of LZW has its bits the other way round and begins with this.
  if (!deflate && data.size() > 1 && data[0] == 0 && (data[1] & 1) != 0) return;
  const auto size = deflate ? inflated_size(data, block.full_size) : lzw_size(data);
  if (size != block.size && size != block.full_size)
    throw Error("the compressed data of a strip are damaged");
}

// Sample i of a row of packed samples.
template <class T>
T sample(const std::uint8_t* row, std::size_t i, int bits) {
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    if (bits == 8) return row[i];
    const auto per_byte = static_cast<std::size_t>(8 / bits);
    const auto shift = 8 - static_cast<unsigned>(bits) * (static_cast<unsigned>(i % per_byte) + 1);
    return static_cast<std::uint8_t>(row[i / per_byte] >> shift & ((1U << bits) - 1));
  } else {
    T value;
    std::memcpy(&value, row + i * sizeof(T), sizeof(T));
    return value;
  }
}

// The colours of a palette. Some writers fill only the low bytes of its 16-bit entries.
std::array<std::vector<std::uint8_t>, 3> palette_of(TIFF* tiff, int bits) {
  std::uint16_t* red = nullptr;
  std::uint16_t* green = nullptr;
  std::uint16_t* blue = nullptr;
  if (TIFFGetField(tiff, TIFFTAG_COLORMAP, &red, &green, &blue) == 0)
    throw Error("its palette is missing");
  const std::array map = {red, green, blue};
  const std::size_t size = std::size_t{1} << bits;
  bool low = true;
  for (const auto* entries : map)
    low = low && std::all_of(entries, entries + size, [](std::uint16_t v) { return v < 256; });
  std::array<std::vector<std::uint8_t>, 3> palette;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < size; ++i)
      palette[c].push_back(static_cast<std::uint8_t>(low ? map[c][i] : map[c][i] >> 8));
  }
  return palette;
}

template <class T>
constexpr T kMax = std::is_same_v<T, float> ? T(1) : std::numeric_limits<T>::max();

template <class T>
Planes<T> read_samples(TIFF* tiff, Memory& memory, const Layout& layout,
                       const DecodeOptions& options) {
  const auto palette = layout.photometric == PHOTOMETRIC_PALETTE
                           ? palette_of(tiff, layout.bits)
                           : std::array<std::vector<std::uint8_t>, 3>{};
  const bool indexed = layout.photometric == PHOTOMETRIC_PALETTE;
  const std::size_t channels = indexed ? 3 : layout.channels;
  const Blocks blocks(tiff, layout, options);
  blocks.each([&](const Block& block) { check_block(tiff, memory, block); });
  const std::size_t samples = channels + (layout.alpha >= 0 ? 1 : 0);
  options.reserve({.samples = layout.width * layout.height * samples,
                   .depth = std::max(layout.bits, 8),
                   .working = 2 * blocks.largest(),
                   .orientation = layout.orientation});

  Planes<T> planes;
  // Room, but no memory yet: of a damaged image only what is decoded takes any.
  const std::size_t pixels = layout.width * layout.height;
  planes.colour.reserve(pixels * channels);
  if (layout.alpha >= 0) planes.alpha.reserve(pixels);
  const auto data = std::make_unique_for_overwrite<std::uint8_t[]>(blocks.largest());
  const int spread = 255 / ((1 << std::min(layout.bits, 8)) - 1);  // of a packed sample
  memory.warnings_are_errors = true;
  blocks.each([&](const Block& block) {
    const auto size = static_cast<tmsize_t>(block.size);
    const tmsize_t got = layout.tiled ? TIFFReadEncodedTile(tiff, block.index, data.get(), size)
                                      : TIFFReadEncodedStrip(tiff, block.index, data.get(), size);
    check(memory, got == size);
    const std::size_t reached = (block.y + block.height) * layout.width;
    planes.colour.resize(std::max(planes.colour.size(), reached * channels));
    if (layout.alpha >= 0) planes.alpha.resize(std::max(planes.alpha.size(), reached));
    const std::size_t first = layout.separate ? block.plane : 0;
    const std::size_t count = layout.separate ? 1 : layout.samples;
    for (std::size_t y = 0; y < block.height; ++y) {
      const std::uint8_t* row = data.get() + y * block.row_bytes;
      for (std::size_t x = 0; x < block.width; ++x) {
        const std::size_t pixel = (block.y + y) * layout.width + block.x + x;
        for (std::size_t s = 0; s < count; ++s) {
          T v = sample<T>(row, x * count + s, layout.bits);
          if (first + s >= layout.channels) {
            planes.alpha[pixel] = v;
          } else if (indexed) {
            for (std::size_t c = 0; c < 3; ++c)
              planes.colour[pixel * 3 + c] =
                  static_cast<T>(palette[c][static_cast<std::size_t>(v)]);
          } else {
            if (layout.bits < 8) v = static_cast<T>(static_cast<int>(v) * spread);
            if (layout.photometric == PHOTOMETRIC_MINISWHITE) v = static_cast<T>(kMax<T> - v);
            planes.colour[pixel * channels + first + s] = v;
          }
        }
      }
    }
  });
  if (layout.alpha == EXTRASAMPLE_ASSOCALPHA) divide_by_alpha(planes, channels);
  return planes;
}

Annotations annotations_of(TIFF* tiff) {
  Annotations annotations;
  std::uint32_t size = 0;
  const std::byte* icc = nullptr;
  if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &icc) != 0) {
    annotations.icc.assign(icc, icc + size);
  }
  float x = 0;
  float y = 0;
  const int unit = field<std::uint16_t>(tiff, TIFFTAG_RESOLUTIONUNIT);
  if (unit != RESUNIT_NONE && TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x) != 0 &&
      TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y) != 0) {
    const double factor = unit == RESUNIT_INCH ? kInchesPerMetre : 100;
    const double most = std::numeric_limits<std::int32_t>::max();
    if (x > 0 && y > 0 && x * factor < most && y * factor < most) {
      annotations.resolution = {static_cast<std::uint32_t>(std::lround(x * factor)),
                                static_cast<std::uint32_t>(std::lround(y * factor))};
    }
  }
  return annotations;
}

}  // namespace

Decoded read_tiff(Bytes file, const DecodeOptions& options) {
  Memory memory{.bytes = file};
  const Tiff tiff = open(memory, "r");
  const int count = static_cast<int>(TIFFNumberOfDirectories(tiff.get()));
  check(memory, count > 0);
  check_frame(count, options);
  const int frame = std::max(options.frame, 1) - 1;
  check(memory, TIFFSetDirectory(tiff.get(), static_cast<tdir_t>(frame)) != 0);

  const Layout layout = layout_of(tiff.get(), options);
  Decoded out;
  out.orientation = layout.orientation;
  out.image.width = static_cast<int>(layout.width);
  out.image.height = static_cast<int>(layout.height);
  const bool indexed = layout.photometric == PHOTOMETRIC_PALETTE;
  out.image.channels = indexed ? 3 : static_cast<int>(layout.channels);
  out.is_cmyk = layout.photometric == PHOTOMETRIC_SEPARATED;
  out.image.annotations = annotations_of(tiff.get());
  switch (layout.bits) {
    case 16:
      out.image.planes = read_samples<std::uint16_t>(tiff.get(), memory, layout, options);
      break;
    case 32: out.image.planes = read_samples<float>(tiff.get(), memory, layout, options); break;
    default:
      out.image.planes = read_samples<std::uint8_t>(tiff.get(), memory, layout, options);
      break;
  }
  check(memory, true);
  return out;
}

}  // namespace qsample::plugin
