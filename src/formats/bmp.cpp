// BMP, with the headers of OS/2 1 and of Windows 3 to 5.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "base/byte_order.h"
#include "formats/bmp_rle.h"
#include "image/codec.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".bmp"};
constexpr int kDepths[] = {8};
constexpr std::size_t kFileHeader = 14;
constexpr std::size_t kCoreHeader = 12;  // of OS/2
constexpr std::size_t kInfoHeader = 40;
constexpr std::size_t kMasksAt = kFileHeader + kInfoHeader;  // in a longer header, or behind it

enum Compression { kPlain = 0, kRle8 = 1, kRle4 = 2, kBitFields = 3, kAlphaBitFields = 6 };

std::uint32_t number(Bytes file, std::size_t at, std::size_t bytes = 4) {
  if (!has_bytes(file, at, bytes)) throw Error("it is truncated");
  return read_little_endian(file, at, bytes);
}

// Texts may begin with these letters; a header's length is less than any four of theirs.
bool sniff(Bytes head) {
  constexpr std::uint32_t kLongest = 0xFFFF;
  return has_text(head, 0, "BM") && head.size() >= kFileHeader + kCoreHeader &&
         number(head, kFileHeader) <= kLongest;
}

struct Header {
  std::size_t size;  // without the file's own header
  std::int64_t width, height;
  bool top_down;
  std::uint32_t planes, bits, compression;
  std::size_t colours;  // of the palette; 0: as many as the bits could name
  std::size_t pixels_at;

  [[nodiscard]] bool is_core() const { return size == kCoreHeader; }
  [[nodiscard]] bool has_masks() const {
    return compression == kBitFields || compression == kAlphaBitFields;
  }
  [[nodiscard]] bool is_run_length() const { return compression == kRle8 || compression == kRle4; }
  [[nodiscard]] std::size_t columns() const { return static_cast<std::size_t>(width); }
  [[nodiscard]] std::size_t rows() const { return static_cast<std::size_t>(height); }
  [[nodiscard]] std::size_t stride() const { return (columns() * bits + 31) / 32 * 4; }
};

Header read_header(Bytes file) {
  Header header{};
  header.size = number(file, 14);
  header.pixels_at = number(file, 10);
  if (header.is_core()) {
    header.width = number(file, 18, 2);
    header.height = number(file, 20, 2);
    header.planes = number(file, 22, 2);
    header.bits = number(file, 24, 2);
    return header;
  }
  constexpr std::size_t kKnown[] = {kInfoHeader, 52, 56, 64, 108, 124};
  if (std::find(std::begin(kKnown), std::end(kKnown), header.size) == std::end(kKnown)) {
    throw Error("its header is of a kind (" + std::to_string(header.size) +
                " bytes) that is not read");
  }
  header.width = static_cast<std::int32_t>(number(file, 18));
  header.height = static_cast<std::int32_t>(number(file, 22));
  header.top_down = header.height < 0;
  header.height = std::abs(header.height);
  header.planes = number(file, 26, 2);
  header.bits = number(file, 28, 2);
  header.compression = number(file, 30);
  header.colours = number(file, 46);
  return header;
}

bool fits(std::uint32_t compression, std::uint32_t bits) {
  switch (compression) {
    case kPlain:
      return bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16 || bits == 24 ||
             bits == 32;
    case kRle8: return bits == 8;
    case kRle4: return bits == 4;
    default: return bits == 16 || bits == 32;
  }
}

void check_header(const Header& header, const DecodeOptions& options) {
  if (header.width < 1 || header.height < 1 || header.planes != 1 ||
      header.height > std::numeric_limits<std::int32_t>::max()) {
    throw Error("its header is impossible");
  }
  const bool known = header.compression <= kBitFields || header.compression == kAlphaBitFields;
  constexpr std::size_t kOs2Header = 64;  // where higher numbers mean something else
  if (!known || (header.has_masks() && header.size == kOs2Header)) {
    throw Error("its compression (" + std::to_string(header.compression) + ") is not read");
  }
  if (!fits(header.compression, header.bits) || (header.is_run_length() && header.top_down)) {
    throw Error("its header is impossible");
  }
  check_size(header.columns(), header.rows(), options);
  if (header.pixels_at < kFileHeader + header.size) throw Error("its header is impossible");
}

void check_length(Bytes file, const Header& header) {
  if (number(file, 2) > file.size() || header.pixels_at > file.size())
    throw Error("it is truncated");
  if (!header.is_run_length() &&
      (file.size() - header.pixels_at) / header.rows() < header.stride()) {
    throw Error("it is truncated");
  }
}

// Up to the end of the pixels, or of the file as its header has it, which counts a profile behind
// them. Run lengths have four bytes for a pixel and a row at the most.
std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& options) {
  constexpr std::size_t kMostBehind = std::size_t{1} << 26;
  const Header header = read_header(begin);
  check_header(header, options);
  const std::size_t end =
      header.pixels_at + (header.is_run_length() ? 4 * header.rows() * (header.columns() + 1)
                                                 : header.rows() * header.stride());
  const std::size_t named = number(begin, 2);
  if (named > end && named - end > kMostBehind) throw Error("its header is impossible");
  return std::max(end, named);
}

using Colour = std::array<std::uint8_t, 3>;

// Entries are blue, green, red and, but for OS/2, a byte of nothing.
std::vector<Colour> palette_of(Bytes file, const Header& header) {
  const std::size_t entry = header.is_core() ? 3 : 4;
  const std::size_t at = kFileHeader + header.size;
  const std::size_t room = (header.pixels_at - at) / entry;
  const std::size_t most = std::size_t{1} << header.bits;
  if (header.colours > room) throw Error("its palette is truncated");
  std::vector<Colour> palette(std::min(header.colours == 0 ? room : header.colours, most));
  for (std::size_t i = 0; i < palette.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c)
      palette[i][c] = std::to_integer<std::uint8_t>(file[at + i * entry + 2 - c]);
  }
  return palette;
}

// Rows of the file from the top of the image.
class Rows {
 public:
  Rows(Bytes file, const Header& header)
      : pixels_(file.subspan(header.pixels_at)), header_(header) {}

  [[nodiscard]] const std::uint8_t* row(std::size_t y) const {
    const std::size_t stored = header_.top_down ? y : header_.rows() - 1 - y;
    return reinterpret_cast<const std::uint8_t*>(pixels_.data()) + stored * header_.stride();
  }

  // Packed index x of a row.
  [[nodiscard]] std::size_t index(const std::uint8_t* row, std::size_t x) const {
    if (header_.bits == 8) return row[x];
    const std::size_t per_byte = 8 / header_.bits;
    const std::size_t shift = 8 - header_.bits * (x % per_byte + 1);
    return row[x / per_byte] >> shift & ((1U << header_.bits) - 1);
  }

 private:
  Bytes pixels_;
  const Header& header_;
};

// Calls use(index) for each pixel, row by row from the top.
template <class Use>
void each_index(Bytes file, const Header& header, Use use) {
  const Rows rows(file, header);
  for (std::size_t y = 0; y < header.rows(); ++y) {
    const std::uint8_t* row = rows.row(y);
    for (std::size_t x = 0; x < header.columns(); ++x) use(rows.index(row, x));
  }
}

// Before there is memory for the image.
void check_indices(Bytes file, const Header& header, std::size_t colours) {
  if (colours == std::size_t{1} << header.bits) return;
  each_index(file, header, [&](std::size_t index) {
    if (index >= colours) throw Error("it uses a colour that its palette does not have");
  });
}

// An image whose palette is all grey is grey.
void read_indexed(Bytes file, const Header& header, Image& image, const DecodeOptions& options) {
  const auto palette = palette_of(file, header);
  const bool grey = std::all_of(palette.begin(), palette.end(), [](const Colour& colour) {
    return colour[0] == colour[1] && colour[1] == colour[2];
  });
  image.channels = grey ? 1 : 3;
  const auto channels = static_cast<std::size_t>(image.channels);
  options.reserve(
      {.samples = image.samples(), .working = header.is_run_length() ? image.pixels() : 0});
  Planes<std::uint8_t> planes;
  const auto put = [&](std::size_t index) {
    const Colour& colour = palette[index];
    planes.colour.insert(planes.colour.end(), colour.data(), colour.data() + channels);
  };
  if (header.is_run_length()) {
    const auto indices = expand({file.subspan(header.pixels_at), header.columns(), header.rows(),
                                 header.compression == kRle4, palette.size()});
    planes.colour.reserve(image.samples());
    for (std::size_t y = header.rows(); y-- > 0;) {
      const std::uint8_t* row = indices.data() + y * header.columns();
      std::for_each(row, row + header.columns(), put);
    }
  } else {
    check_indices(file, header, palette.size());
    planes.colour.reserve(image.samples());
    each_index(file, header, put);
  }
  image.planes = std::move(planes);
}

// A channel of pixels that are numbers: some of the bits, side by side.
struct Mask {
  int shift;
  std::uint64_t most;

  explicit Mask(std::uint32_t bits) : shift(std::countr_zero(bits)), most(bits >> shift) {}

  // To 0..255, rounded.
  [[nodiscard]] std::uint8_t of(std::uint32_t pixel) const {
    constexpr std::uint64_t kMost = 255;
    const std::uint64_t value = pixel >> shift & most;
    return static_cast<std::uint8_t>(most == kMost ? value
                                                   : (2 * kMost * value + most) / (2 * most));
  }
};

// The masks of red, green, blue and, where a fourth channel is there and means something, alpha.
std::vector<std::uint32_t> mask_bits(Bytes file, const Header& header) {
  if (!header.has_masks()) {
    if (header.bits == 16) return {0x7C00, 0x3E0, 0x1F};
    return {0xFF0000, 0xFF00, 0xFF};
  }
  constexpr std::size_t kHeaderWithAlpha = 56;
  std::vector<std::uint32_t> masks;
  for (std::size_t c = 0; c < 3; ++c) masks.push_back(number(file, kMasksAt + 4 * c));
  if (header.size >= kHeaderWithAlpha || header.compression == kAlphaBitFields) {
    const std::uint32_t alpha = number(file, kMasksAt + 12);
    if (alpha != 0) masks.push_back(alpha);
  }
  return masks;
}

std::vector<Mask> masks_of(Bytes file, const Header& header) {
  const std::uint32_t all = header.bits == 32 ? ~0U : (1U << header.bits) - 1;
  std::uint32_t taken = 0;
  std::vector<Mask> masks;
  for (const std::uint32_t bits : mask_bits(file, header)) {
    if (bits == 0 || (bits & ~all) != 0 || (bits & taken) != 0)
      throw Error("the masks of its channels are impossible");
    const Mask mask(bits);
    if ((mask.most & (mask.most + 1)) != 0) throw Error("the masks of its channels have gaps");
    taken |= bits;
    masks.push_back(mask);
  }
  return masks;
}

void read_masked(Bytes file, const Header& header, Image& image, const DecodeOptions& options) {
  const auto masks = masks_of(file, header);
  const bool alpha = masks.size() > 3;
  options.reserve({.samples = image.samples() + (alpha ? image.pixels() : 0)});
  const std::size_t bytes = header.bits / 8;
  const Rows rows(file, header);
  Planes<std::uint8_t> planes;
  planes.colour.reserve(image.samples());
  if (alpha) planes.alpha.reserve(image.pixels());
  for (std::size_t y = 0; y < header.rows(); ++y) {
    const std::uint8_t* from = rows.row(y);
    for (std::size_t x = 0; x < header.columns(); ++x, from += bytes) {
      std::uint32_t pixel = 0;
      for (std::size_t i = bytes; i-- > 0;) pixel = pixel << 8 | from[i];
      for (std::size_t c = 0; c < 3; ++c) planes.colour.push_back(masks[c].of(pixel));
      if (alpha) planes.alpha.push_back(masks[3].of(pixel));
    }
  }
  image.planes = std::move(planes);
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  const Header header = read_header(file);
  check_header(header, options);
  check_length(file, header);
  check_frame(1, options);
  Image image;
  image.width = static_cast<int>(header.width);
  image.height = static_cast<int>(header.height);
  image.channels = 3;
  if (header.bits <= 8) {
    read_indexed(file, header, image, options);
  } else {
    read_masked(file, header, image, options);
  }
  return {std::move(image)};
}

// The headers, and for grey the palette that says so.
std::vector<std::byte> head_of(const Image& image, std::size_t stride) {
  const bool grey = image.channels == 1;
  const std::size_t pixels_at = kFileHeader + kInfoHeader + (grey ? 256 * 4 : 0);
  const std::size_t size = pixels_at + stride * static_cast<std::size_t>(image.height);
  if (size > std::numeric_limits<std::uint32_t>::max())
    throw Error("BMP holds at most 4 GiB; use a .png output");
  std::vector<std::byte> head = {std::byte{'B'}, std::byte{'M'}};
  append_little_endian(head, size, 4);
  append_little_endian(head, 0, 4);
  append_little_endian(head, pixels_at, 4);
  append_little_endian(head, kInfoHeader, 4);
  append_little_endian(head, static_cast<std::size_t>(image.width), 4);
  append_little_endian(head, static_cast<std::size_t>(image.height), 4);
  append_little_endian(head, 1, 2);
  append_little_endian(head, grey ? 8 : 24, 2);
  head.resize(kMasksAt);  // nothing else is said
  for (std::size_t v = 0; grey && v < 256; ++v) append_little_endian(head, v | v << 8 | v << 16, 4);
  return head;
}

void encode(const Image& image, const EncodeOptions& /*options*/, const Sink& sink) {
  const auto& colour = std::get<Planes<std::uint8_t>>(image.planes).colour;
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t length = static_cast<std::size_t>(image.width) * channels;
  const std::size_t stride = (length + 3) / 4 * 4;
  const auto head = head_of(image, stride);
  sink(head);
  std::vector<std::uint8_t> row(stride);
  for (auto y = static_cast<std::size_t>(image.height); y-- > 0;) {
    std::copy_n(colour.begin() + static_cast<std::ptrdiff_t>(y * length), length, row.begin());
    for (std::size_t x = 0; channels == 3 && x < length; x += 3) std::swap(row[x], row[x + 2]);
    sink(std::as_bytes(std::span(row)));
  }
}

}  // namespace

constinit const Codec kBmp = {.name = "BMP",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .sniff = sniff,
                              .extent = extent,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
