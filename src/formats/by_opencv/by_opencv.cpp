#include "formats/by_opencv/by_opencv.h"

#include "base/byte_order.h"
#include "qsample/error.h"

namespace qsample {

Decoded decode_by_opencv(Bytes file, const HeaderFacts& facts, const DecodeOptions& options) {
  check_size(facts.width, facts.height, options);
  check_frame(1, options);
  const auto channels = static_cast<std::size_t>(facts.colours) + (facts.alpha ? 1 : 0);
  Footprint footprint{.samples = facts.width * facts.height * channels, .depth = facts.depth};
  // OpenCV's own image stands beside ours.
  footprint.working = footprint.bytes() + footprint.samples * facts.working_bytes;
  options.reserve(footprint);
  const plugin::Plugin& opencv = plugin::load(kOpenCv);
  Decoded decoded = opencv.decode(file, options);
  Image& image = decoded.image;
  if (static_cast<std::size_t>(image.width) != facts.width ||
      static_cast<std::size_t>(image.height) != facts.height || image.channels != facts.colours ||
      image.has_alpha() != facts.alpha || image.depth() != facts.depth) {
    throw Error("OpenCV makes another image of it than its header says");
  }
  image.reader = opencv.version;
  return decoded;
}

std::uint64_t big_endian(Bytes file, std::size_t at, std::size_t size) {
  if (at > file.size() || size > file.size() - at) throw Error("it is truncated");
  return read_big_endian<std::uint64_t>(file, at, size);
}

}  // namespace qsample
