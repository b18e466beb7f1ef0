#include "peers/diffusers/config_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/nearest_name.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::size_t kMostBytes = 32 << 20;  // of a million trained betas, and some

Json parse(const std::string& text, const std::string& name) {
  try {
    // Python wrote it: -Infinity and NaN stand there as numbers.
    Json json = parse_json(text, {.python_numbers = true, .most_bytes = kMostBytes});
    if (!json.is_object()) throw Error("holds no JSON object");
    return json;
  } catch (const Error& e) {
    throw Error(name + ": " + e.what());
  }
}

}  // namespace

std::string known_names(std::string_view name, std::span<const std::string_view> known) {
  const auto near = nearest_name(name, known);
  return fmt::format("{}{}; known are {}", near.empty() ? "" : "; did you mean ", near,
                     fmt::join(known, ", "));
}

ConfigFields::ConfigFields(const std::string& text, std::string name)
    : json_(parse(text, name)), name_(std::move(name)) {
  // What these name is the default of the class, whatever else stands there.
  const Json& defaults = get("_use_default_values");
  if (defaults.is_null()) return;
  if (!defaults.is_array()) fail("\"_use_default_values\" is not a list of names");
  for (const Json& key : Json(defaults)) {
    if (!key.is_string()) fail("\"_use_default_values\" is not a list of names");
    json_.erase(key.get<std::string>());
  }
}

void ConfigFields::fail(const std::string& what) const { throw Error(name_ + ": " + what); }

const Json& ConfigFields::get(std::string_view key) {
  static const Json null;
  seen_.emplace_back(key);
  const auto it = json_.find(key);
  return it == json_.end() ? null : *it;
}

double ConfigFields::number(std::string_view key, double otherwise) {
  const Json& value = get(key);
  if (value.is_null()) return otherwise;
  if (!value.is_number()) fail(fmt::format("\"{}\" is {}, not a number", key, value.dump()));
  const auto number = value.get<double>();
  if (!std::isfinite(number)) fail(fmt::format("\"{}\" is {}, not finite", key, number));
  return number;
}

int ConfigFields::integer(std::string_view key, int otherwise) {
  const double value = number(key, otherwise);
  if (value != std::floor(value) || std::abs(value) > 1e9) {
    fail(fmt::format("\"{}\" is {}, not a whole number", key, value));
  }
  return static_cast<int>(value);
}

bool ConfigFields::flag(std::string_view key) {
  const Json& value = get(key);
  if (value.is_null()) return false;
  if (!value.is_boolean()) fail(fmt::format("\"{}\" is {}, not true or false", key, value.dump()));
  return value.get<bool>();
}

std::string ConfigFields::text(std::string_view key, std::string_view otherwise) {
  const Json& value = get(key);
  if (value.is_null()) return std::string(otherwise);
  if (!value.is_string()) fail(fmt::format("\"{}\" is {}, not a name", key, value.dump()));
  return value.get<std::string>();
}

std::string ConfigFields::choice(std::string_view key, std::string_view otherwise,
                                 std::span<const std::string_view> known) {
  auto word = text(key, otherwise);
  if (std::find(known.begin(), known.end(), word) == known.end()) {
    fail(fmt::format("{} \"{}\" is unknown{}", key, word, known_names(word, known)));
  }
  return word;
}

std::vector<std::string> ConfigFields::unread() const {
  std::vector<std::string> names;
  for (const auto& [key, value] : json_.items()) {
    if (std::find(seen_.begin(), seen_.end(), key) == seen_.end()) names.push_back(key);
  }
  return names;
}

}  // namespace qsample
