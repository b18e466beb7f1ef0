#include "pipeline/outputs/name_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::array<std::string_view, 5> kFields = {"stem", "t", "place", "k", "seed"};

std::size_t width_of(std::uint64_t greatest) { return std::to_string(greatest).size(); }

}  // namespace

NameTemplate::NameTemplate(const std::string& text, NameWidths widths, std::string parameter)
    : text_(text), parameter_(std::move(parameter)), widths_(widths) {
  std::string plain;
  const auto fail = [&](const std::string& why) {
    throw InvalidArgument(
        fmt::format("`{}`: '{}' {}; fields are {{stem}}, {{t}}, {{place}}, "
                    "{{k}} and {{seed}}, a brace itself is {{{{ or }}}}",
                    parameter_, text, why));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      plain += c;
    } else if (i + 1 < text.size() && text[i + 1] == c) {
      plain += c;
      ++i;
    } else {
      const auto end = c == '{' ? text.find('}', i) : std::string::npos;
      if (end == std::string::npos) fail("has a brace without its other");
      const std::string field = text.substr(i + 1, end - i - 1);
      if (std::find(kFields.begin(), kFields.end(), field) == kFields.end()) {
        fail(fmt::format("has {{{}}}, which is no field", field));
      }
      if (!plain.empty()) parts_.push_back({std::move(plain), false});
      plain.clear();
      parts_.push_back({field, true});
      i = end;
    }
  }
  if (!plain.empty()) parts_.push_back({std::move(plain), false});
}

bool NameTemplate::has(std::string_view field) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [&](const Part& part) { return part.is_field && part.text == field; });
}

std::string NameTemplate::expand(const NameFields& fields) const {
  if (has("t") && !fields.place.empty()) {
    throw InvalidArgument(
        fmt::format("`{}`: '{}' has {{t}}, a whole number; {{place}} names what "
                    "is between two timesteps",
                    parameter_, text_));
  }
  const auto t =
      fmt::format("{:0{}}", fields.t, width_of(static_cast<std::uint64_t>(widths_.last)));
  std::string name;
  for (const Part& part : parts_) {
    if (!part.is_field) {
      name += part.text;
    } else if (part.text == "stem") {
      name += fields.stem;
    } else if (part.text == "seed") {
      name += std::to_string(fields.seed);
    } else if (part.text == "t") {
      name += t;
    } else if (part.text == "place") {
      name += fields.place.empty() ? "t" + t : fields.place;
    } else {
      name += fmt::format("{:0{}}", fields.draw, width_of(widths_.draws - 1));
    }
  }
  if (name.empty() || name.ends_with('/') || told_path(name).empty()) {
    throw InvalidArgument(fmt::format("`{}`: '{}' gives '{}', which {}", parameter_, text_, name,
                                      name.empty() || name.ends_with('/') || name == "."
                                          ? "is no file's name"
                                          : "leads out of the output folder"));
  }
  return name;
}

void NameTemplate::check_tells_apart(bool several_t, bool several_draws) const {
  if (several_t && !has("t") && !has("place")) {
    throw InvalidArgument(
        fmt::format("`{}`: there are several timesteps, and '{}' has no {{t}}", parameter_, text_));
  }
  if (several_draws && !has("k")) {
    throw InvalidArgument(
        fmt::format("`{}`: there are several draws, and '{}' has no {{k}}", parameter_, text_));
  }
}

std::string NameTemplate::ending() const {
  if (parts_.empty() || parts_.back().is_field) return {};
  const std::string& tail = parts_.back().text;
  // Behind a field ".png" is an ending, which as a whole name it is not.
  return std::filesystem::path(fmt::format("x{}", tail.substr(tail.rfind('/') + 1)))
      .extension()
      .string();
}

std::string default_pattern(bool with_place, bool with_draw) {
  return std::string("{stem}") + (with_place ? "_{place}" : "") + (with_draw ? "_k{k}" : "");
}

}  // namespace qsample
