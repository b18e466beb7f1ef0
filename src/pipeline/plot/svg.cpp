#include "pipeline/plot/svg.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <iterator>

#include "pipeline/plot/lettering.h"
#include "pipeline/plot/theme.h"

namespace qsample::plot {
namespace {

// The one that pictures of pixels have, and what systems have that is alike in width.
constexpr const char* kFonts = "Inter,Helvetica Neue,Helvetica,Arial,Liberation Sans,sans-serif";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : legible(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

// With two decimals at the most.
std::string number(double value) {
  constexpr double kHundred = 100;
  std::string text =
      fmt::format("{:.2f}", static_cast<double>(std::lround(value * kHundred)) / kHundred);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string colour(std::uint32_t rgb) { return fmt::format("#{:06x}", rgb); }

std::string class_of(Paint paint) {
  switch (paint.ink) {
    case Ink::paper: return "paper";
    case Ink::text: return "text";
    case Ink::muted: return "muted";
    case Ink::axis: return "axis";
    case Ink::grid: return "grid";
    case Ink::curve: break;
  }
  return fmt::format("c{}", paint.curve % std::size(kLight.curves));
}

// Colours are attributes, which every program that draws SVG knows; a browser's style sheet goes
// before them where the reader prefers the dark.
std::string style() {
  std::string rules;
  const auto add = [&](Paint paint) {
    rules += fmt::format(".{}{{color:{}}}", class_of(paint), colour(kDark.colour(paint)));
  };
  for (const Ink ink : {Ink::paper, Ink::text, Ink::muted, Ink::axis, Ink::grid}) add({ink});
  for (std::size_t i = 0; i < std::size(kDark.curves); ++i) add({Ink::curve, i});
  return fmt::format("<style>@media(prefers-color-scheme:dark){{{}}}</style>\n", rules);
}

std::string points_of(const Polyline& line) {
  std::string text;
  for (const Point point : line) {
    text += fmt::format("{}{},{}", text.empty() ? "" : " ", number(point.x), number(point.y));
  }
  return text;
}

const char* word_of(Anchor anchor) {
  switch (anchor) {
    case Anchor::start: return "start";
    case Anchor::middle: return "middle";
    case Anchor::end: return "end";
  }
  return "";
}

class Writer {
 public:
  explicit Writer(const Palette& palette) : palette_(palette) {}

  std::string group_text(const Group& group) {
    std::string out =
        fmt::format("<g id=\"{}\">\n<title>{}</title>\n", group.name, escaped(group.title));
    for (const Stroke& stroke : group.strokes) put(out, begin(stroke), body(stroke));
    for (const Dot& dot : group.dots) {
      put(out, begin(dot.paint), circle(dot.at, dot.radius));
      if (dot.hollow) put(out, begin({Ink::paper}), circle(dot.at, kInside * dot.radius));
    }
    for (const Text& text : group.texts) {
      if (text.halo) put(out, begin_halo(text), body(text));
    }
    for (const Text& text : group.texts) put(out, begin(text), body(text));
    put(out, "", "");
    return out + "</g>\n";
  }

 private:
  // Things that begin alike share an element.
  void put(std::string& out, const std::string& begins, const std::string& what) {
    if (begins != open_) {
      if (!open_.empty()) out += "</g>\n";
      if (!begins.empty()) out += begins + "\n";
      open_ = begins;
    }
    if (!what.empty()) out += what + "\n";
  }

  [[nodiscard]] std::string painted(Paint paint) const {
    return fmt::format("<g class=\"{}\" color=\"{}\"", class_of(paint),
                       colour(palette_.colour(paint)));
  }
  [[nodiscard]] std::string begin(Paint paint) const {
    return painted(paint) + " fill=\"currentColor\" stroke=\"none\">";
  }
  [[nodiscard]] std::string begin(const Stroke& stroke) const {
    std::string dashes;
    for (const double length : stroke.dashes) {
      dashes += fmt::format("{}{}", dashes.empty() ? "" : " ", number(length));
    }
    if (!dashes.empty()) dashes = fmt::format(" stroke-dasharray=\"{}\"", dashes);
    return fmt::format("{} fill=\"none\" stroke=\"currentColor\" stroke-width=\"{}\"{}>",
                       painted(stroke.paint), number(stroke.width), dashes);
  }
  [[nodiscard]] std::string begin(const Text& text, const std::string& stroke = "none") const {
    return fmt::format(
        "{} fill=\"currentColor\" stroke=\"{}\" font-size=\"{}\" text-anchor=\"{}\">",
        painted(text.paint), stroke, number(text.size), word_of(text.anchor));
  }
  // The same letters, broader, in the colour of the paper.
  [[nodiscard]] std::string begin_halo(Text text) const {
    text.paint = {Ink::paper};
    return begin(text, fmt::format("currentColor\" stroke-width=\"{}\" stroke-linejoin=\"round\" "
                                   "aria-hidden=\"true",
                                   number(kHalo * text.size)));
  }

  static std::string body(const Stroke& stroke) {
    return fmt::format("<polyline points=\"{}\"/>", points_of(stroke.points));
  }
  static std::string body(const Text& text) {
    return fmt::format("<text x=\"{}\" y=\"{}\">{}</text>", number(text.at.x), number(text.at.y),
                       escaped(text.text));
  }
  static std::string circle(Point at, double radius) {
    return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", number(at.x), number(at.y),
                       number(radius));
  }

  const Palette& palette_;
  std::string open_;  // how the element begins that things are put into
};

}  // namespace

std::string svg_of(const Plot& plot, Theme theme) {
  const Palette& palette = theme == Theme::dark ? kDark : kLight;
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" role=\"img\" aria-labelledby=\"title desc\" font-family=\"{2}\">\n"
      "<title id=\"title\">{3}</title>\n<desc id=\"desc\">{4}</desc>\n{5}"
      "<rect class=\"paper\" color=\"{6}\" width=\"{0}\" height=\"{1}\" fill=\"currentColor\"/>\n",
      plot.width, plot.height, kFonts, escaped(plot.title), escaped(plot.description),
      theme == Theme::automatic ? style() : "", colour(palette.paper));
  Writer writer(palette);
  for (const Group& group : plot.groups) out += writer.group_text(group);
  return out + "</svg>\n";
}

}  // namespace qsample::plot
