// TIFF through OpenCV, which applies its orientation.

#include "io/opencv.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".tiff", ".tif"};

bool sniff(Bytes head) {
  return has_text(head, 0, std::string_view("II*\0", 4)) ||
         has_text(head, 0, std::string_view("MM\0*", 4));
}

Decoded decode(Bytes file) { return {opencv::plugin().decode(file)}; }

std::vector<std::byte> encode(const Image& image, const EncodeOptions& options) {
  return opencv::plugin().encode(image, options.extension);
}

}  // namespace

constinit const Codec kTiff = {"TIFF", kExtensions, sniff, decode, encode};

}  // namespace qsample
