// OpenEXR of 32-bit floats through OpenCV.

#include "formats/by_opencv/by_opencv.h"
#include "formats/exr_header.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".exr"};
constexpr int kDepths[] = {32};

bool sniff(Bytes head) { return has_text(head, 0, "\x76\x2F\x31\x01"); }

// What OpenCV reads as it is meant; other channels it would leave out or take for colours.
void check_channels(const ExrHeader& header) {
  using Names = std::vector<std::string>;
  const Names& names = header.channels;
  const bool known =
      names == Names{"B", "G", "R"} || names == Names{"A", "B", "G", "R"} || names == Names{"Y"};
  if (known && !header.subsampled) return;
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  throw Error("its channels are " + list.substr(0, 100) + "; only Y, RGB and RGBA are read" +
              (known ? ", with a sample for every pixel" : ""));
}

void check_header(Bytes file, const DecodeOptions& options) {
  const ExrHeader header = read_exr_header(file);
  check_size(static_cast<std::size_t>(header.width), static_cast<std::size_t>(header.height),
             options);
  check_channels(header);
  check_frame(1, options);
  (void)check_exr_chunks(file, header);
  // As OpenCV has it, beside the image, and once more where alpha is taken out of it.
  const auto pixels =
      static_cast<std::size_t>(header.width) * static_cast<std::size_t>(header.height);
  Footprint image{.samples = pixels * header.channels.size(), .depth = 32};
  image.working = 2 * image.bytes();
  options.reserve(image);
}

// Errors are for decode to tell, once all is read.
std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& /*options*/) {
  try {
    return check_exr_chunks(begin, read_exr_header(begin));
  } catch (const Error&) {
    return std::nullopt;
  }
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  check_header(file, options);
  Decoded decoded = plugin::load(kOpenCv).decode(file, options);
  if (decoded.image.depth() != 32) throw Error("its samples are not floats");
  return decoded;
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  plugin::load(kOpenCv).encode(image, options, sink);
}

}  // namespace

constinit const Codec kExr = {.name = "EXR",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .alpha = true,
                              .encode_copies = 3,
                              .sniff = sniff,
                              .extent = extent,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
