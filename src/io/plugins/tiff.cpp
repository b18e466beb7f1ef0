// The plug-in for TIFF: libtiff.

#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>

#include "io/plugin.h"
#include "io/plugins/tiff_blocks.h"
#include "qsample/error.h"

namespace qsample::plugin {
namespace {

constexpr double kInchesPerMetre = 1 / 0.0254;
// From here on offsets need BigTIFF; a margin for all but the samples.
constexpr std::size_t kMaxClassic = (std::size_t{1} << 32) - (std::size_t{1} << 22);

// A file in memory, as libtiff wants it, and the first thing that was wrong with it.
struct Memory {
  std::vector<std::byte>* written = nullptr;  // a file that is being written
  Bytes bytes = {};                           // or one that is read
  std::size_t at = 0;
  bool warnings_are_errors = false;  // once samples are decoded
  std::string error = {};

  [[nodiscard]] std::size_t size() const {
    return written != nullptr ? written->size() : bytes.size();
  }
};

tmsize_t read_some(thandle_t handle, void* to, tmsize_t size) {
  auto& memory = *static_cast<Memory*>(handle);
  const Bytes from = memory.written != nullptr ? Bytes(*memory.written) : memory.bytes;
  if (memory.at >= from.size()) return 0;
  const std::size_t count = std::min(static_cast<std::size_t>(size), from.size() - memory.at);
  std::memcpy(to, from.data() + memory.at, count);
  memory.at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_some(thandle_t handle, void* from, tmsize_t size) {
  auto& memory = *static_cast<Memory*>(handle);
  const std::size_t end = memory.at + static_cast<std::size_t>(size);
  if (end > memory.written->size()) memory.written->resize(end);
  std::memcpy(memory.written->data() + memory.at, from, static_cast<std::size_t>(size));
  memory.at = end;
  return size;
}

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  auto& memory = *static_cast<Memory*>(handle);
  const std::size_t base = whence == SEEK_CUR ? memory.at : whence == SEEK_END ? memory.size() : 0;
  memory.at = base + offset;
  return memory.at;
}

int close(thandle_t /*handle*/) { return 0; }

toff_t size_of(thandle_t handle) { return static_cast<Memory*>(handle)->size(); }

[[gnu::format(printf, 3, 0)]] void keep(Memory& memory, const char* /*where*/, const char* format,
                                        std::va_list arguments) {
  if (!memory.error.empty()) return;
  std::array<char, 512> text{};
  std::vsnprintf(text.data(), text.size(), format, arguments);
  memory.error = text.data();
}

int on_error(TIFF* /*tiff*/, void* memory, const char* where, const char* format,
             std::va_list arguments) {
  keep(*static_cast<Memory*>(memory), where, format, arguments);
  return 1;
}

// Of the directory it warns of much that does no harm, such as tags that it does not know.
int on_warning(TIFF* tiff, void* memory, const char* where, const char* format,
               std::va_list arguments) {
  if (static_cast<Memory*>(memory)->warnings_are_errors) {
    on_error(tiff, memory, where, format, arguments);
  }
  return 1;
}

using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

void check(const Memory& memory, bool good) {
  if (!memory.error.empty()) throw Error(memory.error);
  if (!good) throw Error("it is damaged");
}

Tiff open(Memory& memory, const char* mode) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(
      TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_error, &memory);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, &memory);
  Tiff tiff(TIFFClientOpenExt("", mode, &memory, read_some, write_some, seek, close, size_of,
                              nullptr, nullptr, options.get()),
            TIFFClose);
  check(memory, tiff != nullptr);
  return tiff;
}

template <class T>
T field(TIFF* tiff, std::uint32_t tag) {
  T value{};
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

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
};

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
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  layout.photometric = photometric;
  // JPEG in TIFF: its library turns YCbCr into RGB.
  const int compression = field<std::uint16_t>(tiff, TIFFTAG_COMPRESSION);
  if (photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    layout.photometric = PHOTOMETRIC_RGB;
  }
  switch (layout.photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_PALETTE: layout.channels = 1; break;
    case PHOTOMETRIC_RGB: layout.channels = 3; break;
    case PHOTOMETRIC_SEPARATED: throw Error("its colours are CMYK; convert it to RGB first");
    default:
      throw Error("its colours are stored in a way (photometric interpretation " +
                  std::to_string(photometric) + ") that is not read; convert it to RGB first");
  }
  const bool known_bits = layout.is_float
                              ? layout.bits == 32
                              : layout.bits == 1 || layout.bits == 2 || layout.bits == 4 ||
                                    layout.bits == 8 || layout.bits == 16;
  const bool deep_palette = photometric == PHOTOMETRIC_PALETTE && layout.bits > 8;
  if (!known_bits || deep_palette || format == SAMPLEFORMAT_INT ||
      (layout.is_float && photometric == PHOTOMETRIC_MINISWHITE)) {
    throw Error("its samples are " + std::to_string(layout.bits) + "-bit " +
                (layout.is_float              ? "floats"
                 : format == SAMPLEFORMAT_INT ? "signed integers"
                                              : "integers") +
                ", which are not read");
  }
  if (layout.samples < layout.channels || layout.samples > layout.channels + 1) {
    throw Error("it has " + std::to_string(layout.samples) + " channels, of which " +
                std::to_string(layout.channels) + " and an alpha channel could be read");
  }
  std::uint16_t count = 0;
  const std::uint16_t* kinds = nullptr;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds);
  layout.alpha = -1;
  if (layout.samples > layout.channels) layout.alpha = count > 0 ? int{kinds[0]} : 0;
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

std::vector<Block> blocks_of(TIFF* tiff, const Layout& layout, const DecodeOptions& options) {
  std::vector<Block> blocks;
  const std::size_t planes = layout.separate ? layout.samples : 1;
  const auto width =
      layout.tiled ? std::size_t{field<std::uint32_t>(tiff, TIFFTAG_TILEWIDTH)} : layout.width;
  const auto height =
      layout.tiled
          ? std::size_t{field<std::uint32_t>(tiff, TIFFTAG_TILELENGTH)}
          : std::min<std::size_t>(field<std::uint32_t>(tiff, TIFFTAG_ROWSPERSTRIP), layout.height);
  // A tile may be larger than the image, but not than what is allowed.
  check_size(width, height, options);
  const auto row_bytes =
      static_cast<std::size_t>(layout.tiled ? TIFFTileRowSize64(tiff) : TIFFScanlineSize64(tiff));
  std::uint32_t index = 0;
  for (std::size_t plane = 0; plane < planes; ++plane) {
    for (std::size_t y = 0; y < layout.height; y += height) {
      for (std::size_t x = 0; x < layout.width; x += width) {
        const std::size_t rows = std::min(height, layout.height - y);
        const std::size_t full = row_bytes * height;
        blocks.push_back({index++, x, y, plane, std::min(width, layout.width - x), rows, row_bytes,
                          layout.tiled ? full : row_bytes * rows, full});
      }
    }
  }
  return blocks;
}

// Refuses a block whose compressed data are damaged in a way that its decoder lets pass.
void check_block(TIFF* tiff, const Memory& memory, const Block& block) {
  const std::uint64_t count = TIFFGetStrileByteCount(tiff, block.index);
  const std::uint64_t offset = TIFFGetStrileOffset(tiff, block.index);
  if (offset > memory.bytes.size() || count > memory.bytes.size() - offset)
    throw Error("it is truncated");
  const std::span data(reinterpret_cast<const std::uint8_t*>(memory.bytes.data()) + offset, count);
  std::optional<std::size_t> size;
  switch (field<std::uint16_t>(tiff, TIFFTAG_COMPRESSION)) {
    case COMPRESSION_NONE:
      if (count < block.size) throw Error("a strip of it is too short");
      return;
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE: size = inflated_size(data, block.full_size); break;
    case COMPRESSION_LZW:
      // An old kind has its bits the other way round and begins with this.
      if (data.size() > 1 && data[0] == 0 && (data[1] & 1) != 0) return;
      size = lzw_size(data);
      break;
    default: return;
  }
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

// Colours that were multiplied by alpha, as they were.
template <class T>
void divide_by_alpha(Planes<T>& planes, std::size_t channels) {
  for (std::size_t i = 0; i < planes.alpha.size(); ++i) {
    const auto alpha = static_cast<double>(planes.alpha[i]);
    if (alpha == 0) continue;
    for (std::size_t c = 0; c < channels; ++c) {
      T& v = planes.colour[i * channels + c];
      const double whole = static_cast<double>(v) * static_cast<double>(kMax<T>) / alpha;
      if constexpr (std::is_same_v<T, float>) {
        v = static_cast<float>(whole);
      } else {
        v = static_cast<T>(std::min(std::nearbyint(whole), static_cast<double>(kMax<T>)));
      }
    }
  }
}

template <class T>
Planes<T> read_samples(TIFF* tiff, Memory& memory, const Layout& layout,
                       const DecodeOptions& options) {
  const auto palette = layout.photometric == PHOTOMETRIC_PALETTE
                           ? palette_of(tiff, layout.bits)
                           : std::array<std::vector<std::uint8_t>, 3>{};
  const bool indexed = layout.photometric == PHOTOMETRIC_PALETTE;
  const std::size_t channels = indexed ? 3 : layout.channels;
  const auto blocks = blocks_of(tiff, layout, options);
  for (const Block& block : blocks) check_block(tiff, memory, block);

  Planes<T> planes;
  planes.colour.resize(layout.width * layout.height * channels);
  if (layout.alpha >= 0) planes.alpha.resize(layout.width * layout.height);
  const int spread = 255 / ((1 << std::min(layout.bits, 8)) - 1);  // of a packed sample
  std::vector<std::uint8_t> data;
  memory.warnings_are_errors = true;
  for (const Block& block : blocks) {
    data.resize(block.full_size);
    const auto size = static_cast<tmsize_t>(block.size);
    const tmsize_t got = layout.tiled ? TIFFReadEncodedTile(tiff, block.index, data.data(), size)
                                      : TIFFReadEncodedStrip(tiff, block.index, data.data(), size);
    check(memory, got == size);
    const std::size_t first = layout.separate ? block.plane : 0;
    const std::size_t count = layout.separate ? 1 : layout.samples;
    for (std::size_t y = 0; y < block.height; ++y) {
      const std::uint8_t* row = data.data() + y * block.row_bytes;
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
  }
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

Decoded decode(Bytes file, const DecodeOptions& options) {
  Memory memory{.bytes = file};
  const Tiff tiff = open(memory, "r");
  const int count = static_cast<int>(TIFFNumberOfDirectories(tiff.get()));
  check(memory, count > 0);
  check_frame(count, options);
  const int frame = std::max(options.frame, 1) - 1;
  check(memory, TIFFSetDirectory(tiff.get(), static_cast<tdir_t>(frame)) != 0);

  const Layout layout = layout_of(tiff.get(), options);
  Decoded out;
  out.orientation = field<std::uint16_t>(tiff.get(), TIFFTAG_ORIENTATION);
  if (out.orientation < 1 || out.orientation > 8) out.orientation = 1;
  out.image.width = static_cast<int>(layout.width);
  out.image.height = static_cast<int>(layout.height);
  out.image.channels = layout.channels == 3 || layout.photometric == PHOTOMETRIC_PALETTE ? 3 : 1;
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

template <class T>
void write_samples(TIFF* tiff, Memory& memory, const Image& image, const Planes<T>& planes) {
  const auto width = static_cast<std::size_t>(image.width);
  const auto channels = static_cast<std::size_t>(image.channels);
  std::vector<T> row;
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    row.clear();
    for (std::size_t i = y * width; i < (y + 1) * width; ++i) {
      for (std::size_t c = 0; c < channels; ++c) row.push_back(planes.colour[i * channels + c]);
      if (!planes.alpha.empty()) row.push_back(planes.alpha[i]);
    }
    check(memory, TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y)) == 1);
  }
}

void encode(const Image& image, const EncodeOptions& /*options*/, const Sink& sink) {
  std::vector<std::byte> file;
  Memory memory{.written = &file};
  const bool alpha = image.has_alpha();
  const int samples = image.channels + (alpha ? 1 : 0);
  const std::size_t size = image.pixels() * static_cast<std::size_t>(samples * image.depth() / 8);
  {
    const Tiff tiff = open(memory, size > kMaxClassic ? "w8" : "w");
    const auto set = [&](std::uint32_t tag, auto... values) {
      check(memory, TIFFSetField(tiff.get(), tag, values...) != 0);
    };
    set(TIFFTAG_IMAGEWIDTH, image.width);
    set(TIFFTAG_IMAGELENGTH, image.height);
    set(TIFFTAG_SAMPLESPERPIXEL, samples);
    set(TIFFTAG_BITSPERSAMPLE, image.depth());
    set(TIFFTAG_SAMPLEFORMAT, image.depth() == 32 ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
    set(TIFFTAG_PHOTOMETRIC, image.channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
    set(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    if (alpha) {
      const std::array<std::uint16_t, 1> kinds = {EXTRASAMPLE_UNASSALPHA};
      set(TIFFTAG_EXTRASAMPLES, 1, kinds.data());
    }
    // Deflate, which carries a checksum, at its quickest: in noise there is nothing to find.
    set(TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    set(TIFFTAG_ZIPQUALITY, 1);
    set(TIFFTAG_PREDICTOR, image.depth() == 32 ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL);
    set(TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tiff.get(), 0));
    const Annotations& notes = image.annotations;
    if (!notes.icc.empty()) {
      set(TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(notes.icc.size()), notes.icc.data());
    }
    if (notes.resolution) {
      set(TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
      set(TIFFTAG_XRESOLUTION, notes.resolution->x / 100.0);
      set(TIFFTAG_YRESOLUTION, notes.resolution->y / 100.0);
    }
    std::visit([&](const auto& planes) { write_samples(tiff.get(), memory, image, planes); },
               image.planes);
    check(memory, TIFFFlush(tiff.get()) != 0);
  }
  check(memory, true);
  sink(file);
}

constexpr Plugin kPlugin = {decode, encode};

}  // namespace
}  // namespace qsample::plugin

extern "C" const qsample::plugin::Plugin* qsample_plugin() { return &qsample::plugin::kPlugin; }
