#include "formats/png/inflate/png_passes.h"

namespace qsample {
namespace {

// Specification, section 8.2.
constexpr PngPass kAdam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                              {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

// How many there are from `first` on of `size` in steps of `step`.
std::size_t count(std::size_t size, std::size_t first, std::size_t step) {
  return size > first ? (size - first - 1) / step + 1 : 0;
}

}  // namespace

std::vector<PngPass> png_passes(const PngHeader& header) {
  std::vector<PngPass> passes;
  const auto add = [&](PngPass pass) {
    pass.width = count(static_cast<std::size_t>(header.width), pass.x, pass.dx);
    pass.height = count(static_cast<std::size_t>(header.height), pass.y, pass.dy);
    pass.line = 1 + (pass.width * header.bits_a_pixel() + 7) / 8;
    if (pass.width > 0 && pass.height > 0) passes.push_back(pass);
  };
  if (!header.interlaced) {
    add({});
  } else {
    for (const PngPass& pass : kAdam7) add(pass);
  }
  return passes;
}

std::size_t png_filtered_size(const PngHeader& header) {
  std::size_t size = 0;
  for (const PngPass& pass : png_passes(header)) size += pass.height * pass.line;
  return size;
}

}  // namespace qsample
