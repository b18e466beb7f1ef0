#include "opencv/drawing/lettering.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/text/utf8.h"
#include "opencv/drawing/glyphs.h"

namespace qsample {
namespace {

// Whole numbers alone, so that the pixels are the same everywhere. Lengths in the picture are in
// 1/kFine of a pixel, those in the atlas too.
constexpr std::int64_t kFine = 256;

std::int64_t fine(double length) { return std::llround(length * kFine); }

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Calls put(glyph, pen) for each character; returns where the pen ends.
template <class Put>
std::int64_t lay_out(std::string_view text, std::int64_t size, const Put& put) {
  const Glyphs& all = glyphs();
  const std::int64_t em = 1000 * static_cast<std::int64_t>(all.em);
  std::int64_t pen = 0;  // in thousandths of an atlas pixel
  std::uint32_t before = 0;
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    text.remove_prefix(bytes);
    const auto kern = all.kerning.find({before, code});
    if (kern != all.kerning.end()) pen += kern->second;
    const Glyph& glyph = all.of(code);
    put(glyph, floor_divide(pen * size, em));
    pen += glyph.advance;
    before = code;
  }
  return floor_divide(pen * size, em);
}

// How the pixels of the picture cover those of a glyph along one axis.
struct Cover {
  int first = 0;                         // pixel of the picture
  std::vector<std::int64_t> edges = {};  // of it and those behind it, in the glyph
};

// A glyph's axis begins at `origin` in the picture, and is `length` pixels of the atlas long.
Cover cover(std::int64_t origin, int length, std::int64_t size, int em) {
  Cover out;
  if (length == 0) return out;
  const std::int64_t end = origin + length * size / em;
  out.first = static_cast<int>(floor_divide(origin, kFine));
  const auto last = static_cast<int>(floor_divide(end, kFine));
  for (int i = out.first; i <= last + 1; ++i) {
    out.edges.push_back(floor_divide((i * kFine - origin) * em * kFine, size));
  }
  return out;
}

// The sum of a row or column of the atlas, from `begin` to `end`; those of its `count` pixels.
template <class ValueAt>
std::int64_t sum(std::int64_t begin, std::int64_t end, int count, const ValueAt& value_at) {
  begin = std::max<std::int64_t>(begin, 0);
  end = std::min<std::int64_t>(end, count * kFine);
  std::int64_t total = 0;
  for (std::int64_t i = begin / kFine; i * kFine < end; ++i) {
    const std::int64_t share = std::min((i + 1) * kFine, end) - std::max(i * kFine, begin);
    if (share > 0) total += share * value_at(static_cast<int>(i));
  }
  return total;
}

class Pen {
 public:
  Pen(Image& image, std::int64_t size, Colour colour)
      : image_(image), size_(size), colour_(colour) {}

  // The mean of what each pixel of the picture covers of the glyph.
  void put(const Glyph& glyph, std::int64_t x, std::int64_t baseline) {
    const Glyphs& all = glyphs();
    const Cover across = cover(x + glyph.x * size_ / all.em, glyph.width, size_, all.em);
    const Cover down = cover(baseline + glyph.y * size_ / all.em, glyph.height, size_, all.em);
    for (std::size_t row = 0; row + 1 < down.edges.size(); ++row) {
      for (std::size_t column = 0; column + 1 < across.edges.size(); ++column) {
        const std::int64_t ink =
            sum(down.edges[row], down.edges[row + 1], glyph.height, [&](int v) {
              return sum(across.edges[column], across.edges[column + 1], glyph.width,
                         [&](int u) { return shade(glyph.left + u, v); });
            });
        const std::int64_t area = (down.edges[row + 1] - down.edges[row]) *
                                  (across.edges[column + 1] - across.edges[column]);
        colour(across.first + static_cast<int>(column), down.first + static_cast<int>(row),
               static_cast<int>((ink + area / 2) / area));
      }
    }
  }

 private:
  static std::int64_t shade(int x, int y) {
    const Image& atlas = glyphs().atlas;
    return std::get<Planes<std::uint8_t>>(atlas.planes)
        .colour[static_cast<std::size_t>(y) * static_cast<std::size_t>(atlas.width) +
                static_cast<std::size_t>(x)];
  }

  void colour(int x, int y, int share) {
    if (x < 0 || y < 0 || x >= image_.width || y >= image_.height) return;
    const auto pixel = static_cast<std::size_t>(y) * static_cast<std::size_t>(image_.width) +
                       static_cast<std::size_t>(x);
    std::uint8_t* rgb = &std::get<Planes<std::uint8_t>>(image_.planes).colour[3 * pixel];
    rgb[0] = blended(rgb[0], colour_.red, share);
    rgb[1] = blended(rgb[1], colour_.green, share);
    rgb[2] = blended(rgb[2], colour_.blue, share);
  }

  Image& image_;
  std::int64_t size_;
  Colour colour_;
};

}  // namespace

double cap_height() { return static_cast<double>(glyphs().cap_height) / glyphs().em; }

double text_width(std::string_view text, double size) {
  return static_cast<double>(
             lay_out(text, fine(size), [](const Glyph& /*glyph*/, std::int64_t /*pen*/) {})) /
         kFine;
}

void draw_text(Image& image, Point at, std::string_view text, double size, Colour colour) {
  Pen pen(image, fine(size), colour);
  // On whole pixels, letters stand sharp on their baseline.
  const std::int64_t baseline = std::llround(at.y) * kFine;
  lay_out(text, fine(size),
          [&](const Glyph& glyph, std::int64_t x) { pen.put(glyph, fine(at.x) + x, baseline); });
}

}  // namespace qsample
