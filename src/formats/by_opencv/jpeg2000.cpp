// JPEG 2000 (ISO/IEC 15444-1), a file of boxes or a bare codestream, read by OpenCV.

#include <limits>
#include <utility>

#include "formats/by_opencv/by_opencv.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kEndings[] = {".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"};

bool is_boxed(Bytes head) { return has_text(head, 4, "jP  \x0D\x0A\x87\x0A"); }
bool sniff(Bytes head) { return is_boxed(head) || has_text(head, 0, "\xFF\x4F\xFF\x51"); }

// A "colr" box: how it tells the colour space, and which (annex I.5.3.3).
constexpr std::uint64_t kNamed = 1;
constexpr std::uint64_t kRgb = 16, kGrey = 17;
constexpr std::size_t kSpaceAt = 3;

struct Box {
  std::string_view type;
  Bytes content;
};

// The box at the beginning of `bytes`, which are taken off it (annex I.4).
Box next_box(Bytes& bytes) {
  constexpr std::size_t kShort = 8, kLong = 16;
  std::uint64_t length = big_endian(bytes, 0, 4);
  const std::string_view type(reinterpret_cast<const char*>(bytes.data()) + 4,
                              big_endian(bytes, 4, 4) == 0 ? 0 : 4);
  const std::size_t begin = length == 1 ? kLong : kShort;
  if (length == 1) length = big_endian(bytes, kShort, 8);
  if (length == 0) length = bytes.size();  // to the end
  if (length < begin) throw Error("its boxes are damaged");
  if (length > bytes.size()) throw Error("it is truncated");
  const Box box{type, bytes.subspan(begin, static_cast<std::size_t>(length) - begin)};
  bytes = bytes.subspan(static_cast<std::size_t>(length));
  return box;
}

// What the boxes say.
struct Boxes {
  Bytes codestream;
  Bytes colour;    // of the first "colr"
  Bytes channels;  // of "cdef"
  bool palette = false;
};

void read_image_header(Bytes bytes, Boxes& boxes) {
  while (!bytes.empty()) {
    const Box box = next_box(bytes);
    if (box.type == "colr" && boxes.colour.empty()) boxes.colour = box.content;
    if (box.type == "cdef") boxes.channels = box.content;
    if (box.type == "pclr") boxes.palette = true;
  }
}

Boxes read_boxes(Bytes file) {
  Boxes boxes;
  if (!is_boxed(file)) {
    boxes.codestream = file;
    return boxes;
  }
  while (boxes.codestream.empty()) {
    if (file.empty()) throw Error("it is truncated");
    const Box box = next_box(file);
    if (box.type == "jp2h") read_image_header(box.content, boxes);
    if (box.type == "jp2c") boxes.codestream = box.content;
  }
  return boxes;
}

// What a codestream says of its samples (annex A.5.1).
struct Samples {
  std::size_t width = 0, height = 0, components = 0;
  int bits = 0;
};

Samples read_samples(Bytes stream) {
  constexpr std::size_t kComponentsAt = 40, kFirstAt = 42;
  if (!has_text(stream, 0, "\xFF\x4F\xFF\x51")) throw Error("its codestream is damaged");
  const auto word = [&](std::size_t at) { return big_endian(stream, at, 4); };
  Samples samples;
  if (word(8) <= word(16) || word(12) <= word(20)) throw Error("it has no pixels");
  samples.width = static_cast<std::size_t>(word(8) - word(16));
  samples.height = static_cast<std::size_t>(word(12) - word(20));
  samples.components = static_cast<std::size_t>(big_endian(stream, kComponentsAt, 2));
  const std::uint64_t first = big_endian(stream, kFirstAt, 3);
  for (std::size_t i = 0; i < samples.components; ++i) {
    const std::uint64_t component = big_endian(stream, kFirstAt + 3 * i, 3);
    if ((component & 0xFFFF) != 0x0101) {
      throw Error("its channels are of different sizes, which is not read");
    }
    if (component != first) throw Error("its channels are of different depths, which is not read");
  }
  if ((first >> 23 & 1) != 0) throw Error("its samples are signed, which is not read");
  samples.bits = static_cast<int>(first >> 16) + 1;
  if (samples.bits < 8 || samples.bits > 16) {
    throw Error("its samples have " + std::to_string(samples.bits) +
                " bits; only 8 to 16 are read");
  }
  return samples;
}

// Throws Error unless every tile-part is whole and the end follows: some readers make up what is
// not there.
void check_whole(Bytes stream) {
  constexpr std::uint64_t kTilePart = 0xFF90, kEnd = 0xFFD9;
  constexpr std::size_t kLengthAt = 6, kLeast = 14;
  std::size_t at = 2;
  // The main header: markers, each with a length.
  while (big_endian(stream, at, 2) != kTilePart) {
    if (big_endian(stream, at, 1) != 0xFF) throw Error("its codestream is damaged");
    at += 2 + static_cast<std::size_t>(big_endian(stream, at + 2, 2));
  }
  while (big_endian(stream, at, 2) == kTilePart) {
    const auto length = static_cast<std::size_t>(big_endian(stream, at + kLengthAt, 4));
    // The last one may leave it open.
    if (length == 0) at = std::max(at + kLeast, stream.size() - 2);
    if (length != 0 && length < kLeast) throw Error("its codestream is damaged");
    at += length;
  }
  if (big_endian(stream, at, 2) != kEnd) throw Error("it is truncated, or its codestream damaged");
}

// The profile of a "colr" box; throws Error for a colour space that OpenCV takes for RGB (annex
// I.5.3.3).
Bytes profile_of(Bytes colour) {
  if (colour.empty()) return {};
  if (big_endian(colour, 0, 1) != kNamed) {
    return colour.subspan(std::min(kSpaceAt, colour.size()));
  }
  const std::uint64_t space = big_endian(colour, kSpaceAt, 4);
  if (space == kRgb || space == kGrey) return {};
  throw Error("its colour space (" + std::to_string(space) +
              ") is not read; convert it to RGB first");
}

// Whether the colours are said to be R, G and B: a fourth channel is none of them then.
bool is_named_rgb(Bytes colour) {
  return !colour.empty() && big_endian(colour, 0, 1) == kNamed &&
         big_endian(colour, kSpaceAt, 4) == kRgb;
}

// Throws Error unless the channels are grey, or R, G, B, in this order, and a fourth is plain alpha
// (annex I.5.3.6). Many writers do not say what that is; where it may be the black of CMYK it is
// not read.
void check_channels(const Boxes& boxes, std::size_t components) {
  constexpr std::size_t kEntry = 6;
  constexpr std::uint64_t kAlpha = 1;
  if (boxes.palette) throw Error("its colours are those of a palette, which is not read");
  bool alpha = boxes.channels.empty() && is_named_rgb(boxes.colour);
  for (std::size_t at = 2; at + kEntry <= boxes.channels.size(); at += kEntry) {
    const std::uint64_t channel = big_endian(boxes.channels, at, 2);
    const std::uint64_t type = big_endian(boxes.channels, at + 2, 2);
    const std::uint64_t meant = big_endian(boxes.channels, at + 4, 2);
    const bool is_alpha = type == kAlpha && channel == 3 && meant == 0;
    alpha = alpha || is_alpha;
    if (!is_alpha && (type != 0 || meant != channel + 1)) {
      throw Error("its channels are of kinds, or in an order, that are not read");
    }
  }
  if (components == 1 || components == 3 || (components == 4 && alpha)) return;
  throw Error("it has " + std::to_string(components) +
              " channels; only grey, RGB and RGB with alpha are read");
}

// Samples of 9 to 15 bits to the whole range of 16.
void widen(Image& image, int bits) {
  auto* planes = std::get_if<Planes<std::uint16_t>>(&image.planes);
  if (planes == nullptr || bits == 16) return;
  const std::uint64_t most = (std::uint64_t{1} << bits) - 1;
  for (auto* samples : {&planes->colour, &planes->alpha}) {
    for (std::uint16_t& v : *samples) {
      const std::uint64_t value = std::min<std::uint64_t>(v, most);
      v = static_cast<std::uint16_t>((2 * value * 65535 + most) / (2 * most));
    }
  }
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  constexpr std::size_t kWorking = 4;  // the integers of OpenJPEG
  const Boxes boxes = read_boxes(file);
  const Samples samples = read_samples(boxes.codestream);
  check_size(samples.width, samples.height, options);
  check_channels(boxes, samples.components);
  const Bytes profile = profile_of(boxes.colour);
  check_whole(boxes.codestream);
  Decoded decoded = decode_by_opencv(file,
                                     {.width = samples.width,
                                      .height = samples.height,
                                      .colours = samples.components == 1 ? 1 : 3,
                                      .alpha = samples.components == 4,
                                      .depth = samples.bits == 8 ? 8 : 16,
                                      .working_bytes = kWorking},
                                     options);
  widen(decoded.image, samples.bits);
  decoded.image.annotations.icc.assign(profile.begin(), profile.end());
  return decoded;
}

}  // namespace

constinit const Codec kJpeg2000 = {
    .name = "JPEG 2000", .extensions = kEndings, .sniff = sniff, .decode = decode};

}  // namespace qsample
