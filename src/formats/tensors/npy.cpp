// NumPy's .npy: a header, which is a Python dictionary in text, and float32 samples.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/byte_order.h"
#include "image/codec.h"
#include "image/layout.h"
#include "qsample/error.h"

namespace qsample {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kExtensions[] = {".npy"};
constexpr int kDepths[] = {32};
constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlign = 64;
constexpr std::size_t kMaxSide = 1 << 24;
constexpr std::size_t kMostHeader = 1 << 16;
constexpr const char* kExpected =
    "; read are float32 ('<f4') arrays in C order of shape (H, W), (C, H, W), (H, W, C) or "
    "(1, C, H, W) with C = 1 or 3";

bool sniff(Bytes head) { return has_text(head, 0, kMagic); }

// The text of the value that a key of the header's dictionary has, up to `end`.
std::string_view value_of(std::string_view header, std::string_view key, std::string_view end) {
  const auto quoted = fmt::format("'{}':", key);
  auto at = header.find(quoted);
  if (at == std::string_view::npos)
    throw Error("its header has no " + std::string(key) + kExpected);
  at += quoted.size();
  while (at < header.size() && header[at] == ' ') ++at;
  const auto stop = header.find_first_of(end, at + 1);
  if (stop == std::string_view::npos) throw Error("its header is damaged");
  return header.substr(at, stop - at + 1);
}

std::vector<std::size_t> shape_of(std::string_view header) {
  const auto text = value_of(header, "shape", ")");
  std::vector<std::size_t> shape;
  for (std::size_t at = 1; at < text.size();) {
    if (text[at] == ' ' || text[at] == ',' || text[at] == ')') {
      ++at;
      continue;
    }
    std::size_t side = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), side);
    if (error != std::errc() || side < 1 || side > kMaxSide) {
      throw Error("its shape is " + std::string(text) + kExpected);
    }
    shape.push_back(side);
    at = static_cast<std::size_t>(end - text.data());
  }
  return shape;
}

bool is_channels(std::size_t side) { return side == 1 || side == 3; }

// Width, height and channels of a shape, and its layout. Where both ends could be channels, the
// first is, as in most tensors.
Layout set_size(Image& image, std::vector<std::size_t> shape, std::string_view header) {
  if (shape.size() == 4 && shape[0] == 1) shape.erase(shape.begin());
  if (shape.size() == 2) shape.insert(shape.begin(), 1);
  const bool chw = shape.size() == 3 && is_channels(shape[0]);
  if (!chw && !(shape.size() == 3 && is_channels(shape[2]))) {
    throw Error("its shape is " + std::string(value_of(header, "shape", ")")) + kExpected);
  }
  if (!chw) std::rotate(shape.begin(), shape.end() - 1, shape.end());
  image.channels = static_cast<int>(shape[0]);
  image.height = static_cast<int>(shape[1]);
  image.width = static_cast<int>(shape[2]);
  return chw ? Layout::chw : Layout::hwc;
}

struct Header {
  Image image;  // without its samples
  std::size_t samples_at = 0;

  // Of the whole file.
  [[nodiscard]] std::size_t size() const { return samples_at + image.samples() * sizeof(float); }
};

Header read_header(Bytes file, const DecodeOptions& options) {
  constexpr std::size_t kFixed = 10;  // magic, version, a length of two bytes
  if (file.size() < kFixed + 2) throw Error("it is truncated");
  // Versions 2 and 3 have a length of four bytes.
  const bool wide = std::to_integer<int>(file[kMagic.size()]) > 1;
  const std::size_t length = read_little_endian(file, kMagic.size() + 2, wide ? 4 : 2);
  const std::size_t begin = kFixed + (wide ? 2 : 0);
  if (length > kMostHeader) throw Error("its header is damaged");
  if (file.size() - begin < length) throw Error("it is truncated");
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + begin, length);

  const auto dtype = value_of(text, "descr", ",}");
  if (dtype.find("'<f4'") == std::string_view::npos) {
    throw Error("its dtype is " + std::string(dtype.substr(0, dtype.size() - 1)) + kExpected);
  }
  if (!value_of(text, "fortran_order", ",}").starts_with("False")) {
    throw Error(std::string("its order is Fortran's") + kExpected);
  }
  Header header;
  header.image.annotations.layout = set_size(header.image, shape_of(text), text);
  header.samples_at = begin + length;
  check_size(static_cast<std::size_t>(header.image.width),
             static_cast<std::size_t>(header.image.height), options);
  return header;
}

std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& options) {
  return read_header(begin, options).size() + 1;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  Header header = read_header(file, options);
  Image& image = header.image;
  check_frame(1, options);
  if (file.size() < header.size())
    throw Error("its size is not that of its shape; it is truncated or damaged");
  if (file.size() > header.size()) image.damage = tolerated(kTrailing, options);
  Footprint footprint{.samples = image.samples(), .depth = 32};
  if (image.annotations.layout == Layout::chw) footprint.working = footprint.bytes();
  options.reserve(footprint);
  Planes<float> planes;
  planes.colour.resize(image.samples());
  std::memcpy(planes.colour.data(), &file[header.samples_at], image.samples() * sizeof(float));
  if (image.annotations.layout == Layout::chw) {
    planes.colour = from_planar(planes.colour, static_cast<std::size_t>(image.channels));
  }
  image.planes = std::move(planes);
  return {std::move(image)};
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  const bool chw = options.layout.value_or(image.annotations.layout) == Layout::chw;
  const auto [a, b, c] = chw ? std::array{image.channels, image.height, image.width}
                             : std::array{image.height, image.width, image.channels};
  auto header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}, {}), }}", a, b, c);
  // Spaces and a line's end, so that the samples begin at a multiple of 64.
  const std::size_t prefix = kMagic.size() + 4;
  header.resize((prefix + header.size() + kAlign) / kAlign * kAlign - prefix - 1, ' ');
  header += '\n';

  const auto& colour = std::get<Planes<float>>(image.planes).colour;
  const Bytes magic = std::as_bytes(std::span(kMagic));
  std::vector<std::byte> start(magic.begin(), magic.end());
  for (const int version : {1, 0}) start.push_back(static_cast<std::byte>(version));
  append_little_endian(start, header.size(), 2);
  sink(start);
  sink(std::as_bytes(std::span(header)));
  if (chw) {
    const auto planar = to_planar(colour, static_cast<std::size_t>(image.channels));
    sink(std::as_bytes(std::span(planar)));
  } else {
    sink(std::as_bytes(std::span(colour)));
  }
}

}  // namespace

constinit const Codec kNpy = {.name = "NPY",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .channels = {},
                              .encode_copies = 1,
                              .sniff = sniff,
                              .extent = extent,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
