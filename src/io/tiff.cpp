// TIFF through OpenCV, which applies its orientation.

#include "io/opencv.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".tiff", ".tif"};
constexpr int kDepths[] = {8, 16, 32};

bool sniff(Bytes head) {
  return has_text(head, 0, std::string_view("II*\0", 4)) ||
         has_text(head, 0, std::string_view("MM\0*", 4));
}

Decoded decode(Bytes file) { return {opencv::plugin().decode(file)}; }

std::vector<std::byte> encode(const Image& image, const EncodeOptions& options) {
  return opencv::plugin().encode(image, options.extension);
}

}  // namespace

constinit const Codec kTiff = {.name = "TIFF",
                               .extensions = kExtensions,
                               .depths = kDepths,
                               .alpha = true,
                               .sniff = sniff,
                               .decode = decode,
                               .encode = encode};

}  // namespace qsample
