#include "io/codec.h"

#include "qsample/error.h"

namespace qsample {

void check_size(std::size_t width, std::size_t height, const DecodeOptions& options) {
  if (width == 0 || height == 0) throw Error("it has no pixels");
  if (height <= options.max_pixels / width) return;
  throw Error("it is " + std::to_string(width) + "x" + std::to_string(height) +
              " pixels, more than " + std::to_string(options.max_pixels) +
              "; --max-pixels raises the limit");
}

void check_frame(int count, const DecodeOptions& options) {
  if (options.frame > count) {
    throw Error("it holds " + std::to_string(count) + (count == 1 ? " image" : " images") +
                ", so there is no --frame " + std::to_string(options.frame));
  }
  if (count > 1 && options.frame == 0) {
    options.warn("it holds " + std::to_string(count) +
                 " images; the first is taken, --frame takes another");
  }
}

}  // namespace qsample
