// JSON: records, manifests, headers of files, scheduler configs. What is read may come from
// anywhere.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace qsample {

/// Keys stay in the order in which they were written.
using Json = nlohmann::ordered_json;

/// The deepest nesting that is read, an array in an object being two levels. A value is destroyed
/// and written by recursion, so what is read must be no deeper than the stack allows.
inline constexpr int kMostJsonDepth = 32;

/// The most values in one text: those of the longest list of betas, and some.
inline constexpr std::size_t kMostJsonValues = 1 << 20;

struct JsonOptions {
  /// Take NaN, Infinity and -Infinity for numbers, which Python's json module writes; the value is
  /// then a float that is not finite. JSON itself has no such numbers.
  bool python_numbers = false;
  std::size_t most_bytes = 1 << 20;  ///< refuse a longer text
};

/// The value that `text` is. Throws Error for what is not JSON ("is not JSON: line 3, column 7:
/// ..."), is nested too deep, has too many values or too many bytes, or names a key twice in one
/// object. The message tells of the text: what goes before it is its name.
[[nodiscard]] Json parse_json(std::string_view text, const JsonOptions& options = {});

/// The object that `text` is, or nothing where it is anything else or is refused.
[[nodiscard]] std::optional<Json> parse_json_object(std::string_view text);

/// One line in ASCII.
[[nodiscard]] std::string json_text(const Json& json);

/// Sets `key` to the name of a file. Names are bytes and JSON is Unicode: a name that is not UTF-8
/// shows with replacement marks, and its bytes are in hexadecimal under "<key>-hex".
void put_name(Json& json, const std::string& key, const std::string& name);

/// The name that was put, in its bytes. Throws Error where none was.
[[nodiscard]] std::string get_name(const Json& json, const std::string& key);

}  // namespace qsample
