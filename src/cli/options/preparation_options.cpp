#include "cli/options/preparation_options.h"

#include <fmt/format.h>

#include <utility>

#include "cli/options/shared_options.h"
#include "cli/options/values.h"
#include "qsample/error.h"

namespace qsample::cli {

namespace {

constexpr std::pair<std::string_view, Colour> kColours[] = {{"white", {255, 255, 255}},
                                                            {"black", {0, 0, 0}},
                                                            {"grey", {128, 128, 128}},
                                                            {"gray", {128, 128, 128}}};

}  // namespace

std::vector<std::string_view> colour_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, colour] : kColours) names.push_back(name);
  return names;
}

Colour parse_colour(const std::string& text, std::string_view option) {
  for (const auto& [name, colour] : kColours) {
    if (name == text) return colour;
  }
  const bool is_hex = text.starts_with('#') && (text.size() == 4 || text.size() == 7) &&
                      text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
  if (!is_hex) {
    throw InvalidArgument(fmt::format(
        "{}: '{}' is no colour; one is white, black, grey, or as #ffcc00", option, text));
  }
  const auto part = [&](std::size_t i) {
    const std::size_t digits = text.size() / 3;
    const std::string word = text.substr(1 + i * digits, digits);
    return static_cast<std::uint8_t>(std::stoi(digits == 1 ? word + word : word, nullptr, 16));
  };
  return {part(0), part(1), part(2)};
}

void add_preparation_options(CLI::App& command, Preparation& preparation) {
  const std::string group = "Input";
  auto* size = command
                   .add_option_function<std::string>(
                       "--size",
                       [&preparation](const std::string& text) {
                         const auto [width, height] = parse_size_of(text, "--size");
                         preparation.width = width;
                         preparation.height = height.value_or(width);
                       },
                       "make x_0 N x N or W x H pixels: scaled so that it covers them, and cropped")
                   ->type_name("N|WxH")
                   ->group(group);
  Choices<Crop> crops;
  for (const Crop crop : kCrops) crops.emplace_back(crop_name(crop), crop);
  crops.emplace_back("center", Crop::centre);
  add_choice<Crop>(command, "--crop", preparation.crop,
                   "which part: the centre (default), one that the image's seed says (random), or "
                   "none: it is scaled to fit within the size, and keeps its shape",
                   crops)
      ->needs(size)
      ->group(group);
  Choices<ViewFilter> filters;
  for (const ViewFilter filter : kViewFilters) filters.emplace_back(filter_name(filter), filter);
  add_choice<ViewFilter>(command, "--resize-filter", preparation.filter,
                         "how it is scaled: area down and lanczos up (auto, the default); scaled "
                         "down, linear, cubic and lanczos smooth as Pillow's do",
                         filters)
      ->needs(size)
      ->group(group);
  add_choice<ColourMode>(command, "--mode", preparation.mode,
                         "make it rgb, or grey (0.299 R + 0.587 G + 0.114 B), or keep what it is "
                         "(default)",
                         {{"rgb", ColourMode::rgb},
                          {"grey", ColourMode::grey},
                          {"gray", ColourMode::grey},
                          {"keep", ColourMode::keep}})
      ->group(group);
  command
      .add_option_function<std::string>(
          "--alpha",
          [&preparation](const std::string& text) {
            preparation.alpha = text == "keep"   ? AlphaMode::keep
                                : text == "drop" ? AlphaMode::drop
                                                 : AlphaMode::flatten;
            if (preparation.alpha == AlphaMode::flatten) {
              preparation.background = parse_colour(text, "--alpha");
            }
          },
          "keep the alpha channel (default), drop it, or flatten it on a colour: white, black, "
          "grey, or as #ffcc00")
      ->type_name("keep|drop|COLOUR")
      ->group(group);
}

}  // namespace qsample::cli
