#include "pipeline/jobs/batch/glob.h"

#include <cstddef>
#include <optional>

namespace qsample {
namespace {

constexpr auto kNone = std::string_view::npos;

// The end of the set that begins at pattern[0], '['; behind its ']'. A ']' that comes first is one
// of the set.
std::size_t set_end(std::string_view pattern) {
  std::size_t at = 1;
  if (at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^')) ++at;
  const std::size_t first = at;
  for (; at < pattern.size(); ++at) {
    if (pattern[at] == ']' && at > first) return at + 1;
    if (pattern[at] == '\\') ++at;
  }
  return kNone;
}

// Whether a set, without its brackets, holds the character.
bool set_holds(std::string_view set, char c) {
  const bool other = set.front() == '!' || set.front() == '^';
  if (other) set.remove_prefix(1);
  const auto byte = [](char any) { return static_cast<unsigned char>(any); };
  const auto next = [&] {
    if (set.front() == '\\' && set.size() > 1) set.remove_prefix(1);
    const char found = set.front();
    set.remove_prefix(1);
    return byte(found);
  };
  bool found = false;
  while (!set.empty()) {
    const auto low = next();
    auto high = low;
    if (set.size() > 1 && set.front() == '-') {
      set.remove_prefix(1);
      high = next();
    }
    found = found || (low <= byte(c) && byte(c) <= high);
  }
  return found != other;
}

// How much of the pattern stands for one character, if that is `c`; nothing where it is not.
std::optional<std::size_t> one_matches(std::string_view pattern, char c) {
  switch (pattern.front()) {
    case '?': return 1;
    case '[': {
      const std::size_t end = set_end(pattern);
      if (!set_holds(pattern.substr(1, end - 2), c)) return std::nullopt;
      return end;
    }
    case '\\':
      if (pattern[1] != c) return std::nullopt;
      return 2;
    default:
      if (pattern.front() != c) return std::nullopt;
      return 1;
  }
}

// Of one part. A star that fails later is made one character longer, the last one first: no other
// can do better.
bool part_matches(std::string_view pattern, std::string_view part) {
  std::string_view after_star;
  std::string_view rest;
  bool star = false;
  while (!part.empty()) {
    if (pattern.starts_with('*')) {
      while (pattern.starts_with('*')) pattern.remove_prefix(1);
      star = true;
      after_star = pattern;
      rest = part;
      continue;
    }
    const auto used = pattern.empty() ? std::nullopt : one_matches(pattern, part.front());
    if (used) {
      pattern.remove_prefix(*used);
      part.remove_prefix(1);
    } else if (star) {
      rest.remove_prefix(1);
      pattern = after_star;
      part = rest;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*') == kNone;
}

std::string_view take_part(std::string_view& path) {
  const auto slash = path.find('/');
  const auto part = path.substr(0, slash);
  path.remove_prefix(slash == kNone ? path.size() : slash + 1);
  return part;
}

// Of whole paths. As above, with ** for a star of parts; at the pattern's end it stands for one
// part at the least.
bool path_matches(std::string_view pattern, std::string_view path) {
  std::string_view after_star;
  std::string_view rest;
  bool star = false;
  while (!path.empty()) {
    std::string_view next_pattern = pattern;
    const auto part_pattern = take_part(next_pattern);
    if (part_pattern == "**") {
      star = true;
      after_star = pattern = next_pattern;
      rest = path;
      continue;
    }
    std::string_view next_path = path;
    const auto part = take_part(next_path);
    if (!pattern.empty() && part_matches(part_pattern, part)) {
      pattern = next_pattern;
      path = next_path;
    } else if (star) {
      (void)take_part(rest);
      pattern = after_star;
      path = rest;
    } else {
      return false;
    }
  }
  return pattern.empty();
}

}  // namespace

std::string wrong_with_glob(std::string_view pattern) {
  if (pattern.find_first_not_of('/') == kNone) return "names nothing";
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\') {
      if (++at == pattern.size()) return "ends with a backslash that stands for nothing";
    } else if (pattern[at] == '[') {
      const auto end = set_end(pattern.substr(at));
      if (end == kNone) return "has a [ without its ]; \\[ is one of a name";
      if (pattern.substr(at, end).find('/') != kNone) return "has a slash between [ and ]";
      at += end - 1;
    }
  }
  return {};
}

bool glob_matches(std::string_view pattern, std::string_view path, bool is_folder) {
  if (pattern.ends_with('/')) {
    if (!is_folder) return false;
    pattern.remove_suffix(1);
  }
  if (pattern.find('/') == kNone) return part_matches(pattern, path.substr(path.rfind('/') + 1));
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  return path_matches(pattern, path);
}

bool glob_holds(std::string_view pattern, std::string_view file) {
  for (auto slash = file.find('/'); slash != kNone; slash = file.find('/', slash + 1)) {
    if (glob_matches(pattern, file.substr(0, slash), true)) return true;
  }
  return glob_matches(pattern, file, false);
}

}  // namespace qsample
