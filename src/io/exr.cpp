// OpenEXR of 32-bit floats through OpenCV.

#include "io/opencv.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".exr"};
constexpr int kDepths[] = {32};

bool sniff(Bytes head) { return has_text(head, 0, "\x76\x2F\x31\x01"); }

Decoded decode(Bytes file) { return {opencv::plugin().decode(file)}; }

std::vector<std::byte> encode(const Image& image, const EncodeOptions& options) {
  return opencv::plugin().encode(image, options.extension);
}

}  // namespace

constinit const Codec kExr = {.name = "EXR",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .alpha = true,
                              .sniff = sniff,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
