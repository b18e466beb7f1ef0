// PFM: a header of four words, on three lines as a rule, and float32 rows, the bottom one first.

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>

#include "image/codec.h"
#include "qsample/error.h"

namespace qsample {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view kExtensions[] = {".pfm"};
constexpr int kDepths[] = {32};
constexpr int kMaxSide = 1 << 24;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool sniff(Bytes head) {
  if (!has_text(head, 0, "PF") && !has_text(head, 0, "Pf")) return false;
  return head.size() > 2 && is_space(static_cast<char>(head[2]));
}

// The next word of the header, past white space; moves `at` to its end, which is white space.
std::string_view word(std::string_view text, std::size_t& at) {
  while (at < text.size() && is_space(text[at])) ++at;
  const std::size_t first = at;
  while (at < text.size() && !is_space(text[at])) ++at;
  if (at == text.size()) throw Error("its header is truncated");
  return text.substr(first, at - first);
}

template <class T>
T number(std::string_view text, std::size_t& at) {
  const auto digits = word(text, at);
  T value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    throw Error("its header holds '" + std::string(digits.substr(0, 20)) + "' for a number");
  }
  return value;
}

struct Header {
  int channels = 0, width = 0, height = 0;
  bool big_endian = false;
  std::size_t samples_at = 0;

  [[nodiscard]] std::size_t samples() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
           static_cast<std::size_t>(channels);
  }
  // Of the whole file.
  [[nodiscard]] std::size_t size() const { return samples_at + samples() * sizeof(float); }
};

Header read_header(Bytes file, const DecodeOptions& options) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  std::size_t at = 2;
  Header header;
  header.channels = text[1] == 'F' ? 3 : 1;
  header.width = number<int>(text, at);
  header.height = number<int>(text, at);
  const auto scale = number<double>(text, at);
  if (header.width < 1 || header.height < 1 || header.width > kMaxSide ||
      header.height > kMaxSide || scale == 0 || !std::isfinite(scale)) {
    throw Error("its header is impossible");
  }
  header.big_endian = scale > 0;  // so its sign says
  check_size(static_cast<std::size_t>(header.width), static_cast<std::size_t>(header.height),
             options);
  // One white space ends the header, or the two of a line's end.
  header.samples_at = at + (text.substr(at, 2) == "\r\n" ? 2 : 1);
  return header;
}

std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& options) {
  return read_header(begin, options).size() + 1;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  const Header header = read_header(file, options);
  check_frame(1, options);
  if (file.size() < header.size()) throw Error("it is truncated");
  Image image{header.width, header.height, header.channels, {}};
  if (file.size() > header.size()) image.damage = tolerated(kTrailing, options);
  options.reserve({.samples = image.samples(), .depth = 32});

  Planes<float> planes;
  planes.colour.resize(image.samples());
  const std::size_t row = image.samples() / static_cast<std::size_t>(image.height);
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    const std::size_t stored = static_cast<std::size_t>(image.height) - 1 - y;
    std::memcpy(&planes.colour[y * row], &file[header.samples_at + stored * row * sizeof(float)],
                row * sizeof(float));
  }
  if (header.big_endian) {
    for (float& v : planes.colour) {
      v = std::bit_cast<float>(__builtin_bswap32(std::bit_cast<std::uint32_t>(v)));
    }
  }
  image.planes = std::move(planes);
  return {std::move(image)};
}

void encode(const Image& image, const EncodeOptions& /*options*/, const Sink& sink) {
  const std::string header = std::string(image.channels == 3 ? "PF\n" : "Pf\n") +
                             std::to_string(image.width) + " " + std::to_string(image.height) +
                             "\n-1.0\n";
  const auto& colour = std::get<Planes<float>>(image.planes).colour;
  sink(std::as_bytes(std::span(header)));
  const auto height = static_cast<std::size_t>(image.height);
  const std::size_t row = colour.size() / height;
  for (std::size_t y = height; y-- > 0;) {
    sink(std::as_bytes(std::span(colour).subspan(y * row, row)));
  }
}

}  // namespace

constinit const Codec kPfm = {.name = "PFM",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .sniff = sniff,
                              .extent = extent,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
