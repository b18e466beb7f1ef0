#include "pipeline/plot/lettering.h"

#include <cstddef>

namespace qsample::plot {
namespace {

constexpr std::string_view kUnknown = "?";
constexpr std::string_view kLeftOut = "...";

// Bytes of the character that begins a text that is not empty; 0 where it is not one that is seen.
std::size_t seen_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  char32_t code = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_code =
      code >= kLeast[size] && code <= 0x10FFFF && !(code >= 0xD800 && code < 0xE000);
  const bool is_control = code < 0xA0 || code == 0xAD || (code >= 0x200B && code <= 0x200F) ||
                          (code >= 0x2028 && code <= 0x202E) ||
                          (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
                          (code & 0xFFFE) == 0xFFFE;
  return is_code && !is_control ? size : 0;
}

// In parts of the size.
double width_of(std::string_view character) {
  constexpr double kOther = 1;
  constexpr double kNarrow = 0.36;
  constexpr double kUsual = 0.6;
  constexpr double kWide = 0.78;
  if (character.size() > 2) return kOther;
  const char c = character[0];
  if (std::string_view(" .,:;'|!ijlftI()[]/").find(c) != std::string_view::npos) return kNarrow;
  const bool is_wide = (c >= 'A' && c <= 'Z') || c == 'm' || c == 'w' || c == '%' || c == '@';
  return is_wide || character.size() > 1 ? kWide : kUsual;
}

}  // namespace

std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    const std::size_t size = seen_size(text);
    characters.push_back(size == 0 ? kUnknown : text.substr(0, size));
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return characters;
}

std::string legible(std::string_view text) {
  std::string out;
  for (const auto character : characters_of(text)) out += character;
  return out;
}

double text_width(std::string_view text, double size) {
  double width = 0;
  for (const auto character : characters_of(text)) width += width_of(character);
  return width * size;
}

std::string shortened(std::string_view text, double width, double size) {
  const auto characters = characters_of(text);
  std::string whole = legible(text);
  for (std::size_t kept = characters.size(); kept > 0 && text_width(whole, size) > width;) {
    --kept;
    const std::size_t head = (kept + 1) / 2;
    whole.clear();
    for (std::size_t i = 0; i < head; ++i) whole += characters[i];
    whole += kLeftOut;
    for (std::size_t i = characters.size() - (kept - head); i < characters.size(); ++i) {
      whole += characters[i];
    }
  }
  return whole;
}

}  // namespace qsample::plot
