// NPY and safetensors: the headers that are text.

#include "files.h"
#include "fuzz/fuzzer.h"
#include "image/image_io.h"
#include "pictures.h"
#include "qsample/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsample;
  const Bytes file = bytes_of(data, size);
  try {
    if (kSafetensors.sniff(file)) (void)kSafetensors.record(file);
    if (!kNpy.sniff(file)) return 0;
    const Image image = decode_image(file, "in", fuzz_options());
    for (const Layout layout : {Layout::chw, Layout::hwc}) {
      const auto again = encoded(image, kNpy, {.extension = ".npy", .layout = layout});
      // (1, 1, 3) is one pixel of three channels or three pixels, so shapes may be read otherwise.
      const Image back = decode_image(again, "out", fuzz_options());
      must(std::get<Planes<float>>(back.planes).colour.size() == image.samples(),
           "no sample is lost");
      must(layout == Layout::hwc || same_pixels(back, image), "what is written is read");
    }
  } catch (const Error&) {
  }
  return 0;
}
