// Patterns of paths, as .gitignore and ripgrep have them.
#pragma once

#include <string>
#include <string_view>

namespace qsample {

/// What is wrong with a pattern, "has a [ without its ]"; empty where nothing is.
[[nodiscard]] std::string wrong_with_glob(std::string_view pattern);

/// Whether a pattern matches a path, '/' between its parts. `*` and `?` stand for any characters
/// and any one within a part, [a-z] and [!a-z] for one of a set or none of it, `**` as a whole part
/// for any number of parts, and a backslash takes the next character as it is. A pattern without a
/// slash, or with one at its end alone, matches the last part wherever it lies; any other the whole
/// path. One with a slash at its end matches folders only.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view path, bool is_folder);

/// Whether a pattern matches a file or one of the folders that it lies in.
[[nodiscard]] bool glob_holds(std::string_view pattern, std::string_view file);

}  // namespace qsample
