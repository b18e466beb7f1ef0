// PBM, PGM and PPM through OpenCV, which takes any maximum for 255 or 65535: others are refused.

#include <cctype>

#include "io/plugin.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".pnm", ".ppm", ".pgm", ".pbm"};
constexpr int kDepths[] = {8, 16};

int letter(Bytes file, std::size_t at) { return std::to_integer<int>(file[at]); }

bool sniff(Bytes head) {
  return head.size() > 3 && letter(head, 0) == 'P' && letter(head, 1) >= '1' &&
         letter(head, 1) <= '6' && (std::isspace(letter(head, 2)) != 0 || letter(head, 2) == '#');
}

// The next number of a header, past white space and comments; advances `at` to behind it.
std::size_t number(Bytes file, std::size_t& at) {
  while (at < file.size() && std::isdigit(letter(file, at)) == 0) {
    if (letter(file, at) == '#') {
      while (at < file.size() && letter(file, at) != '\n') ++at;
    } else if (std::isspace(letter(file, at)) == 0) {
      throw Error("its header holds something other than numbers");
    } else {
      ++at;
    }
  }
  std::size_t value = 0;
  const std::size_t first = at;
  for (; at < file.size() && std::isdigit(letter(file, at)) != 0 && at < first + 9; ++at) {
    value = value * 10 + static_cast<std::size_t>(letter(file, at) - '0');
  }
  if (at == first) throw Error("its header is truncated");
  return value;
}

void check_header(Bytes file, const DecodeOptions& options) {
  const int kind = letter(file, 1) - '0';
  std::size_t at = 2;
  const std::size_t width = number(file, at);
  const std::size_t height = number(file, at);
  check_size(width, height, options);
  const bool bitmap = kind == 1 || kind == 4;
  const std::size_t max = bitmap ? 1 : number(file, at);
  if (!bitmap && max != 255 && max != 65535) {
    throw Error("its maximum is " + std::to_string(max) + "; only 255 and 65535 are read");
  }
  if (kind < 4) {
    // A digit of text for each sample at the least.
    if (file.size() - at < width * height) throw Error("it is truncated");
    return;
  }
  const std::size_t row =
      bitmap ? (width + 7) / 8 : width * (kind == 6 ? 3 : 1) * (max > 255 ? 2 : 1);
  if (file.size() < at + 1 + row * height) throw Error("it is truncated");
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  check_header(file, options);
  return plugin::opencv().decode(file, options);
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  const std::string_view right = image.channels == 1 ? ".pgm" : ".ppm";
  if (options.extension != right && options.extension != ".pnm") {
    throw Error("this image is written as " + std::string(right) + " or .pnm");
  }
  EncodeOptions named = options;
  named.extension = right;
  plugin::opencv().encode(image, named, sink);
}

}  // namespace

constinit const Codec kPnm = {.name = "PNM",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .sniff = sniff,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
