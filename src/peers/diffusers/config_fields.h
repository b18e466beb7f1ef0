// The fields of a scheduler_config.json, each read once.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace qsample {

/// "; did you mean linear; known are linear, sigmoid".
[[nodiscard]] std::string known_names(std::string_view name,
                                      std::span<const std::string_view> known);

/// Reads fields by name, and knows which were never asked for. A field that is null is one that is
/// missing. Whatever is wrong throws Error, which begins with the name of the file.
class ConfigFields {
 public:
  ConfigFields(const std::string& text, std::string name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[noreturn]] void fail(const std::string& what) const;

  /// The field, or null.
  const Json& get(std::string_view key);
  double number(std::string_view key, double otherwise);
  int integer(std::string_view key, int otherwise);
  bool flag(std::string_view key);
  std::string text(std::string_view key, std::string_view otherwise);
  /// A text that is one of `known`.
  std::string choice(std::string_view key, std::string_view otherwise,
                     std::span<const std::string_view> known);

  [[nodiscard]] std::vector<std::string> unread() const;

 private:
  Json json_;
  std::string name_;
  std::vector<std::string> seen_;
};

}  // namespace qsample
