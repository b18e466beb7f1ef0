#include "pipeline/plot/lettering.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/text/utf8.h"
#include "opencv/drawing/lettering.h"

namespace qsample::plot {
namespace {

constexpr std::string_view kMinus = "\u2212";

std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    const auto [code, size] = first_character(text);
    characters.push_back(is_shown(code) ? text.substr(0, size) : "?");
    text.remove_prefix(size);
  }
  return characters;
}

std::string raised(std::string_view digits) {
  constexpr std::string_view kRaised[] = {"\u2070", "\u00B9", "\u00B2", "\u00B3", "\u2074",
                                          "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
  std::string out;
  for (const char digit : digits) {
    if (digit == '-') out += "\u207B";
    if (digit >= '0' && digit <= '9') out += kRaised[digit - '0'];
  }
  return out;
}

}  // namespace

std::string legible(std::string_view text) {
  std::string out;
  for (const auto character : characters_of(text)) out += character;
  return out;
}

double width_of(std::string_view text, double size) {
  constexpr double kWidestFont = 1.08;  // of the fonts that an SVG may be shown in
  return kWidestFont * text_width(text, size);
}

std::string shortened(std::string_view text, double width, double size) {
  const auto characters = characters_of(text);
  std::string whole = legible(text);
  for (std::size_t kept = characters.size(); kept > 0 && width_of(whole, size) > width;) {
    --kept;
    const std::size_t head = (kept + 1) / 2;
    whole.clear();
    for (std::size_t i = 0; i < head; ++i) whole += characters[i];
    whole += "...";
    for (std::size_t i = characters.size() - (kept - head); i < characters.size(); ++i) {
      whole += characters[i];
    }
  }
  return whole;
}

std::string typeset(std::string_view number) {
  std::string out;
  if (number.starts_with('-')) {
    out = kMinus;
    number.remove_prefix(1);
  }
  const auto e = number.find('e');
  const auto factor = number.substr(0, e);
  if (e == std::string_view::npos) return out.append(factor);
  if (factor != "1") out.append(factor).append("\u00D7");
  auto exponent = number.substr(e + 1);
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  const std::string_view sign = exponent.starts_with('-') ? "-" : "";
  exponent.remove_prefix(std::min(exponent.find_first_not_of("-0"), exponent.size()));
  return out.append("10").append(raised(sign)).append(raised(exponent));
}

}  // namespace qsample::plot
