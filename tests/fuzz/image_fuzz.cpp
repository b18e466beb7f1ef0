// Files of every image format: refused or decoded into an image that is what it says.

#include "fuzz/fuzzer.h"
#include "image/image_io.h"
#include "qsample/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  for (const bool allow_damaged : {false, true}) {
    DecodeOptions options = fuzz_options();
    options.allow_damaged = allow_damaged;
    try {
      (void)extent_of(bytes_of(data, size), "in", options);
    } catch (const Error&) {
    }
    try {
      const Image image = decode_image(bytes_of(data, size), "in", options);
      must(image.width > 0 && image.height > 0, "an image has pixels");
      must(image.pixels() <= options.max_pixels, "an image has no more pixels than allowed");
      must(image.channels == 1 || image.channels == 3, "an image is grey or of colours");
      std::visit(
          [&](const auto& planes) {
            must(planes.colour.size() == image.samples(), "all samples are there");
            must(planes.alpha.empty() || planes.alpha.size() == image.pixels(), "so is alpha");
          },
          image.planes);
    } catch (const Error&) {
    }
  }
  return 0;
}
