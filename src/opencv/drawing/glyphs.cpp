#include "opencv/drawing/glyphs.h"

#include <cmath>
#include <locale>
#include <sstream>
#include <string>

#include "qsample/image_io.h"

namespace qsample {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

std::int64_t thousandths(double length) { return std::llround(1000 * length); }

Glyphs read() {
  Glyphs out;
  out.atlas = decode_image(glyph_picture(), "glyphs.png");
  std::istringstream lines{std::string(glyph_metrics())};
  lines.imbue(std::locale::classic());
  double length = 0;
  for (std::string kind; lines >> kind;) {
    if (kind == "em") {
      lines >> out.em >> out.cap_height;
    } else if (kind == "glyph") {
      std::uint32_t code = 0;
      Glyph glyph;
      lines >> code >> glyph.left >> glyph.width >> glyph.height >> glyph.x >> glyph.y >> length;
      glyph.advance = thousandths(length);
      out.by_code[code] = glyph;
    } else {
      std::pair<std::uint32_t, std::uint32_t> pair;
      lines >> pair.first >> pair.second >> length;
      out.kerning[pair] = thousandths(length);
    }
  }
  return out;
}

}  // namespace

const Glyph& Glyphs::of(std::uint32_t code) const {
  const auto found = by_code.find(code);
  return found == by_code.end() ? by_code.at(kReplacement) : found->second;
}

const Glyphs& glyphs() {
  static const Glyphs kRead = read();
  return kRead;
}

}  // namespace qsample
