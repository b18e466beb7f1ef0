// TIFF, through libtiff.

#include "formats/tiff/tiff_extent.h"
#include "image/plugin.h"

namespace qsample {
namespace {

constexpr plugin::Module kModule = {"tiff", "libtiff (Debian: libtiff-dev)"};

constexpr std::string_view kExtensions[] = {".tiff", ".tif"};
constexpr int kDepths[] = {8, 16, 32};

bool sniff(Bytes head) {
  using namespace std::string_view_literals;
  // The last two are BigTIFF.
  return has_text(head, 0, "II*\0"sv) || has_text(head, 0, "MM\0*"sv) ||
         has_text(head, 0, "II+\0"sv) || has_text(head, 0, "MM\0+"sv);
}

std::optional<std::size_t> extent(Bytes begin, const DecodeOptions& /*options*/) {
  return tiff_extent(begin);
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  return plugin::load(kModule).decode(file, options);
}

void encode(const Image& image, const EncodeOptions& options, const Sink& sink) {
  plugin::load(kModule).encode(image, options, sink);
}

}  // namespace

constinit const Codec kTiff = {.name = "TIFF",
                               .extensions = kExtensions,
                               .depths = kDepths,
                               .alpha = true,
                               .encode_copies = 2,
                               .sniff = sniff,
                               .extent = extent,
                               .decode = decode,
                               .encode = encode};

}  // namespace qsample
