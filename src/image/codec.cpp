#include "image/codec.h"

#include "qsample/error.h"

namespace qsample {

void check_size(std::size_t width, std::size_t height, const DecodeOptions& options) {
  // So that no number of bytes overflows.
  constexpr std::size_t kMostEver = std::size_t{1} << 48;
  if (width == 0 || height == 0) throw Error("it has no pixels");
  if (height <= std::min(options.max_pixels, kMostEver) / width) return;
  throw Error("it is " + std::to_string(width) + "x" + std::to_string(height) +
              " pixels, more than " + std::to_string(options.max_pixels) +
              "; `max-pixels` raises the limit");
}

std::string tolerated(const std::string& damage, const DecodeOptions& options) {
  if (!options.allow_damaged) throw Error(damage + "; `allow-damaged` takes it nevertheless");
  return damage;
}

void check_may_be_cmyk(const DecodeOptions& options) {
  if (!options.convert_cmyk) throw Error("its colours are CMYK; `mode` rgb or grey converts them");
}

void check_frame(int count, const DecodeOptions& options) {
  if (options.frame > count) {
    throw Error("it holds " + std::to_string(count) + (count == 1 ? " image" : " images") +
                ", so there is no `frame` " + std::to_string(options.frame));
  }
  if (count > 1 && options.frame == 0) {
    options.warn("it holds " + std::to_string(count) +
                 " images; the first is taken, `frame` takes another");
  }
}

}  // namespace qsample
