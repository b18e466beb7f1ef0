// PBM, PGM and PPM, as text or as bytes, and PAM, as netpbm describes them. Samples of any maximum
// are scaled to 8 or 16 bits.

#include <algorithm>
#include <cstdint>

#include "base/byte_order.h"
#include "image/codec.h"
#include "image/layout.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".pnm", ".ppm", ".pgm", ".pbm"};
constexpr int kDepths[] = {8, 16};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool sniff(Bytes head) {
  if (has_text(head, 0, "P7\n")) return true;
  if (head.size() < 4 || !has_text(head, 0, "P")) return false;
  const char kind = static_cast<char>(head[1]);
  if (kind < '1' || kind > '6') return false;
  // Texts may begin like this, but for the number, or a comment, that follows.
  const auto next = std::find_if(head.begin() + 2, head.end(),
                                 [](std::byte b) { return !is_space(static_cast<char>(b)); });
  const char first = next == head.end() ? '\0' : static_cast<char>(*next);
  return first == '#' || (next != head.begin() + 2 && is_digit(first));
}

// The characters of a file, and how far they are read.
struct Text {
  std::string_view all;
  std::size_t at = 0;

  [[nodiscard]] bool ends() const { return at == all.size(); }
  [[nodiscard]] char here() const { return all[at]; }
  [[nodiscard]] std::size_t left() const { return all.size() - at; }
};

void skip_line(Text& text) {
  while (!text.ends() && text.here() != '\n') ++text.at;
}

void skip_space(Text& text) {
  while (!text.ends() && is_space(text.here())) ++text.at;
}

void skip_space_and_comments(Text& text) {
  for (skip_space(text); !text.ends() && text.here() == '#'; skip_space(text)) skip_line(text);
}

// The next number, past white space and comments.
std::size_t number(Text& text) {
  constexpr std::size_t kMaxDigits = 9;
  skip_space_and_comments(text);
  if (text.ends()) throw Error("it is truncated");
  const std::size_t first = text.at;
  std::size_t value = 0;
  for (; !text.ends() && is_digit(text.here()); ++text.at) {
    if (text.at == first + kMaxDigits) throw Error("it holds an impossible number");
    value = value * 10 + static_cast<std::size_t>(text.here() - '0');
  }
  if (text.at == first || (!text.ends() && !is_space(text.here()) && text.here() != '#'))
    throw Error("it holds something other than a number where one should be");
  return value;
}

// One image of a file: its header, and where its samples begin.
struct Part {
  char kind = 0;  // the digit of its signature
  std::size_t width = 0, height = 0;
  std::size_t max = 1;
  std::size_t samples = 1;  // a pixel
  bool alpha = false;       // the last of them
  std::size_t at = 0;

  [[nodiscard]] bool is_text() const { return kind < '4'; }
  [[nodiscard]] bool is_bitmap() const { return kind == '1' || kind == '4'; }
  [[nodiscard]] std::size_t count() const { return width * height * samples; }
  // Bytes that its samples take; text takes as many at the least.
  [[nodiscard]] std::size_t size() const {
    if (kind == '1') return count();
    if (is_text()) return 2 * count() - 1;
    if (kind == '4') return (width + 7) / 8 * height;
    return count() * (max > 255 ? 2 : 1);
  }
};

void set_tuple_type(Part& part, std::string_view type) {
  part.alpha = type.ends_with("_ALPHA");
  const auto colours = type.substr(0, type.size() - (part.alpha ? 6 : 0));
  const std::size_t wanted = colours == "RGB" ? 3 : 1;
  if (colours != "RGB" && colours != "GRAYSCALE" && colours != "BLACKANDWHITE") {
    throw Error("its tuple type '" + std::string(type.substr(0, 40)) + "' is not read");
  }
  if (part.samples != wanted + (part.alpha ? 1 : 0)) throw Error("its header is impossible");
}

// Lines of a keyword and a value, until ENDHDR.
void read_pam_header(Text& text, Part& part) {
  std::string_view type;
  part.max = 0;
  for (;;) {
    skip_space_and_comments(text);
    const std::size_t first = text.at;
    while (!text.ends() && !is_space(text.here())) ++text.at;
    const auto word = text.all.substr(first, text.at - first);
    if (word == "ENDHDR") break;
    if (word == "WIDTH") {
      part.width = number(text);
    } else if (word == "HEIGHT") {
      part.height = number(text);
    } else if (word == "DEPTH") {
      part.samples = number(text);
    } else if (word == "MAXVAL") {
      part.max = number(text);
    } else if (word == "TUPLTYPE") {
      skip_space(text);
      const std::size_t begin = text.at;
      skip_line(text);
      type = text.all.substr(begin, text.at - begin);
    } else {
      throw Error(text.ends() ? "its header is truncated" : "its header is damaged");
    }
  }
  while (!type.empty() && is_space(type.back())) type.remove_suffix(1);
  set_tuple_type(part, type);
}

Part read_header(Text& text) {
  Part part;
  part.kind = text.all[text.at + 1];
  text.at += 2;
  if (part.kind == '7') {
    read_pam_header(text, part);
  } else {
    part.samples = part.kind == '3' || part.kind == '6' ? 3 : 1;
    part.width = number(text);
    part.height = number(text);
    if (!part.is_bitmap()) part.max = number(text);
  }
  if (part.width == 0 || part.height == 0) throw Error("it has no pixels");
  if (part.max < 1 || part.max > 65535)
    throw Error("its maximum is " + std::to_string(part.max) + ", which is not in 1..65535");
  // One white space ends the header.
  if (text.ends()) throw Error("it is truncated");
  part.at = ++text.at;
  return part;
}

// Behind which the next image may begin. Text is one image and nothing more.
bool skip_samples(Text& text, const Part& part) {
  if (text.left() < part.size()) return false;
  text.at += part.size();
  skip_space(text);
  return true;
}

Text text_of(Bytes file) { return {{reinterpret_cast<const char*>(file.data()), file.size()}}; }

// The part that is wanted, past the headers of all; notes in `damage` what follows the last.
Part find_part(Bytes file, const DecodeOptions& options, std::string& damage) {
  Text text = text_of(file);
  Part wanted;
  int count = 0;
  while (!text.ends()) {
    if (!sniff(file.subspan(text.at))) {
      damage = tolerated(kTrailing, options);
      break;
    }
    const Part part = read_header(text);
    ++count;
    if (count == 1 || count == options.frame) {
      check_size(part.width, part.height, options);
      wanted = part;
    }
    if (!skip_samples(text, part)) throw Error("it is truncated");
    if (part.is_text()) break;
  }
  check_frame(count, options);
  return wanted;
}

// Up to the end of the last image, each of which may be followed by another. A number of text has
// some digits, and white space and comments take their room too.
std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& options) {
  constexpr std::size_t kMostPerNumber = 16;
  constexpr std::size_t kMostBesides = std::size_t{1} << 20;
  constexpr std::size_t kMostHeader = std::size_t{1} << 12;
  Text text = text_of(begin);
  while (text.left() > kMostHeader) {
    if (!sniff(begin.subspan(text.at))) return text.at + 1;
    const Part part = read_header(text);
    check_size(part.width, part.height, options);
    if (part.is_text()) return part.at + kMostPerNumber * part.count() + kMostBesides;
    if (!skip_samples(text, part)) return std::nullopt;
  }
  return std::nullopt;
}

// A sample of text: 0 or 1 of a bitmap, where no white space is needed, or a number.
std::size_t text_sample(Text& text, bool is_bitmap) {
  if (!is_bitmap) return number(text);
  skip_space_and_comments(text);
  if (text.ends()) throw Error("it is truncated");
  const char digit = text.all[text.at++];
  if (digit != '0' && digit != '1') throw Error("it holds something other than 0 and 1");
  return digit == '0' ? 0 : 1;
}

// To the whole range of T, rounded.
template <class T>
T scaled(std::size_t value, std::size_t max) {
  constexpr std::size_t kMost = static_cast<T>(-1);
  if (value > max) throw Error("it holds a sample above its maximum");
  return static_cast<T>(max == kMost ? value : (2 * value * kMost + max) / (2 * max));
}

// In a bitmap 1 is black.
template <class T>
std::vector<T> read_text(Text text, const Part& part, const DecodeOptions& options,
                         std::string& damage) {
  std::vector<T> samples(part.count());
  for (T& sample : samples) {
    const std::size_t value = text_sample(text, part.is_bitmap());
    sample = scaled<T>(part.is_bitmap() ? 1 - value : value, part.max);
  }
  skip_space_and_comments(text);
  if (!text.ends()) damage = tolerated(kTrailing, options);
  return samples;
}

std::vector<std::uint8_t> read_bits(const std::uint8_t* data, const Part& part) {
  std::vector<std::uint8_t> samples;
  samples.reserve(part.count());
  const std::size_t stride = (part.width + 7) / 8;
  for (std::size_t y = 0; y < part.height; ++y) {
    for (std::size_t x = 0; x < part.width; ++x) {
      const bool black = (data[y * stride + x / 8] >> (7 - x % 8) & 1) != 0;
      samples.push_back(black ? 0 : 255);
    }
  }
  return samples;
}

std::vector<std::uint8_t> read_bytes(const std::uint8_t* data, const Part& part) {
  std::vector<std::uint8_t> samples(data, data + part.count());
  for (auto& sample : samples) sample = scaled<std::uint8_t>(sample, part.max);
  return samples;
}

std::vector<std::uint16_t> read_words(const std::uint8_t* data, const Part& part) {
  std::vector<std::uint16_t> samples(part.count());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t value = std::size_t{data[2 * i]} << 8 | data[2 * i + 1];
    samples[i] = scaled<std::uint16_t>(value, part.max);
  }
  return samples;
}

template <class T>
Planes<T> planes_of(std::vector<T> samples, const Part& part) {
  if (part.alpha) return split_alpha(samples, part.samples - 1);
  return {std::move(samples), {}};
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  Image image;
  const Part part = find_part(file, options, image.damage);
  const Text text{text_of(file).all, part.at};
  const auto* data = reinterpret_cast<const std::uint8_t*>(file.data()) + part.at;
  image.width = static_cast<int>(part.width);
  image.height = static_cast<int>(part.height);
  image.channels = part.samples < 3 ? 1 : 3;
  Footprint footprint{.samples = part.count(), .depth = part.max > 255 ? 16 : 8};
  if (part.alpha) footprint.working = footprint.bytes();
  options.reserve(footprint);
  if (part.is_text() && part.max > 255) {
    image.planes = planes_of(read_text<std::uint16_t>(text, part, options, image.damage), part);
  } else if (part.is_text()) {
    image.planes = planes_of(read_text<std::uint8_t>(text, part, options, image.damage), part);
  } else if (part.kind == '4') {
    image.planes = planes_of(read_bits(data, part), part);
  } else if (part.max > 255) {
    image.planes = planes_of(read_words(data, part), part);
  } else {
    image.planes = planes_of(read_bytes(data, part), part);
  }
  return {std::move(image)};
}

void put(const Planes<std::uint8_t>& planes, const Sink& sink) {
  sink(std::as_bytes(std::span(planes.colour)));
}

// The high byte first.
void put(const Planes<std::uint16_t>& planes, const Sink& sink) {
  constexpr std::size_t kPiece = 1 << 15;
  std::vector<std::byte> piece;
  piece.reserve(2 * kPiece);
  for (std::size_t i = 0; i < planes.colour.size(); ++i) {
    append_big_endian(piece, planes.colour[i], 2);
    if (piece.size() < 2 * kPiece && i + 1 < planes.colour.size()) continue;
    sink(piece);
    piece.clear();
  }
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  const std::string_view right = image.channels == 1 ? ".pgm" : ".ppm";
  if (options.extension != right && options.extension != ".pnm") {
    throw Error("this image is written as " + std::string(right) + " or .pnm");
  }
  const std::string header = std::string(image.channels == 1 ? "P5\n" : "P6\n") +
                             std::to_string(image.width) + " " + std::to_string(image.height) +
                             (image.depth() == 8 ? "\n255\n" : "\n65535\n");
  sink(std::as_bytes(std::span(header)));
  if (image.depth() == 8) {
    put(std::get<Planes<std::uint8_t>>(image.planes), sink);
  } else {
    put(std::get<Planes<std::uint16_t>>(image.planes), sink);
  }
}

}  // namespace

constinit const Codec kPnm = {.name = "PNM",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .sniff = sniff,
                              .extent = extent,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
