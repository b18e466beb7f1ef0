// BMP through OpenCV.

#include "io/opencv.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::string_view kExtensions[] = {".bmp"};
constexpr int kDepths[] = {8};
constexpr std::size_t kCompressionAt = 30;

bool sniff(Bytes head) { return has_text(head, 0, "BM") && head.size() > kCompressionAt + 4; }

Decoded decode(Bytes file) {
  Decoded out{opencv::plugin().decode(file)};
  // The fourth byte of a pixel means something only where a header of bit fields says so.
  const bool bit_fields = std::to_integer<int>(file[kCompressionAt]) == 3;
  if (!bit_fields) std::visit([](auto& planes) { planes.alpha.clear(); }, out.image.planes);
  return out;
}

std::vector<std::byte> encode(const Image& image, const EncodeOptions& options) {
  return opencv::plugin().encode(image, options.extension);
}

}  // namespace

constinit const Codec kBmp = {.name = "BMP",
                              .extensions = kExtensions,
                              .depths = kDepths,
                              .sniff = sniff,
                              .decode = decode,
                              .encode = encode};

}  // namespace qsample
