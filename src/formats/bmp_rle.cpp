#include "formats/bmp_rle.h"

#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::size_t kMaxRun = 255;

// Goes through the codes, pairs of bytes: a count and what to repeat, or 0 and an escape. Calls
// put(x, y, index) for each pixel.
template <class Put>
class Walk {
 public:
  Walk(const RunLength& image, Put put) : image_(image), put_(put) {}

  void run() {
    for (;;) {
      const std::size_t count = next();
      const std::size_t value = next();
      if (count > 0) {
        repeat(count, value);
      } else if (value == 0) {
        x_ = 0;
        ++y_;
      } else if (value == 1) {
        return;
      } else if (value == 2) {
        x_ += next();
        y_ += next();
      } else {
        copy(value);
      }
      if (x_ > image_.width || y_ > image_.height) throw Error("its codes lead out of the image");
    }
  }

 private:
  std::size_t next() {
    if (at_ == image_.codes.size()) throw Error("it is truncated");
    return std::to_integer<std::size_t>(image_.codes[at_++]);
  }

  void put(std::size_t index) {
    if (y_ >= image_.height) throw Error("its codes lead out of the image");
    // Encoders pad rows, and so runs go on past the end of one: nobody shows what is there.
    if (x_ == image_.width) return;
    if (index >= image_.colours) throw Error("it uses a colour that its palette does not have");
    put_(x_++, y_, index);
  }

  // The two halves of a byte take turns.
  void put_half(std::size_t i, std::size_t value) { put(i % 2 == 0 ? value >> 4 : value & 15); }

  void repeat(std::size_t count, std::size_t value) {
    for (std::size_t i = 0; i < count; ++i) image_.nibbles ? put_half(i, value) : put(value);
  }

  // Pixels as they are, padded to whole pairs of bytes.
  void copy(std::size_t count) {
    const std::size_t first = at_;
    std::size_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!image_.nibbles || i % 2 == 0) value = next();
      image_.nibbles ? put_half(i, value) : put(value);
    }
    if ((at_ - first) % 2 != 0) (void)next();
  }

  const RunLength& image_;
  Put put_;
  std::size_t at_ = 0;
  std::size_t x_ = 0;
  std::size_t y_ = 0;
};

}  // namespace

std::vector<std::uint8_t> expand(const RunLength& image) {
  const std::size_t pixels = image.width * image.height;
  // Codes could skip all of it; but no image is made so.
  if (pixels / kMaxRun > image.codes.size() / 2) throw Error("it is too short for its pixels");
  Walk(image, [](auto...) {}).run();
  std::vector<std::uint8_t> indices(pixels);
  Walk(image, [&](std::size_t x, std::size_t y, std::size_t index) {
    indices[y * image.width + x] = static_cast<std::uint8_t>(index);
  }).run();
  return indices;
}

}  // namespace qsample
