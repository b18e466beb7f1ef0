// The keys of a record. What remains unread was not written by qsample, and a record that has it is
// refused: what is made from a record, a command line above all, then holds nothing else.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/json.h"
#include "pipeline/source.h"
#include "qsample/error.h"
#include "qsample/jobs/options.h"

namespace qsample {

inline constexpr std::string_view kDamaged = "its record of qsample is damaged";

/// Reads them one by one; throws Error for what can't be.
class Fields {
 public:
  // `json` must outlive it. Throws unless it is an object.
  Fields(const Json& json, std::string_view name) : json_(json) {
    if (!json.is_object()) fail(name);
  }

  [[noreturn]] static void fail(std::string_view key) {
    throw Error(fmt::format("{}: \"{}\" is missing or holds what it can't", kDamaged, key));
  }

  [[nodiscard]] bool has(const std::string& key) const { return json_.contains(key); }

  const Json& at(const std::string& key) {
    seen_.push_back(key);
    const auto found = json_.find(key);
    if (found == json_.end()) fail(key);
    return *found;
  }

  double number(const std::string& key) { return number(at(key), key); }

  // `otherwise` where there is none.
  double number(const std::string& key, double otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  int whole(const std::string& key, int least, int most) {
    const Json& value = at(key);
    if (!value.is_number_integer()) fail(key);
    const double number = value.get<double>();
    if (!(number >= least && number <= most)) fail(key);
    return value.get<int>();
  }

  bool flag(const std::string& key) {
    const Json& value = at(key);
    if (!value.is_boolean()) fail(key);
    return value.get<bool>();
  }

  std::string text(const std::string& key) {
    const Json& value = at(key);
    if (!value.is_string()) fail(key);
    return value.get<std::string>();
  }

  // One of `values`, by the name that `name_of` gives it; the first where the key is missing.
  template <class T, class NameOf>
  T choice(const std::string& key, const std::vector<T>& values, const NameOf& name_of) {
    if (!has(key)) return values.front();
    const std::string name = text(key);
    const auto found = std::find_if(values.begin(), values.end(),
                                    [&](const T& value) { return name_of(value) == name; });
    if (found == values.end()) fail(key);
    return *found;
  }

  // The number of one of `words`.
  int word(const std::string& key, std::span<const std::string_view> words) {
    const std::string name = text(key);
    const auto found = std::find(words.begin(), words.end(), name);
    if (found == words.end()) fail(key);
    return static_cast<int>(found - words.begin());
  }

  // The name of a file, or of a folder.
  std::string name(const std::string& key) {
    seen_.insert(seen_.end(), {key, key + "-hex"});
    std::string found;
    try {
      found = get_name(json_, key);
    } catch (const Error&) {
      fail(key);
    }
    if (found.empty() || found.find('\0') != std::string::npos) fail(key);
    return found;
  }

  // A path that told_path() may have given.
  std::string path(const std::string& key) {
    std::string found = name(key);
    if (told_path(found) != found) fail(key);
    return found;
  }

  Range range(const std::string& key, Range otherwise) {
    if (!has(key)) return otherwise;
    const Json& value = at(key);
    if (!value.is_array() || value.size() != 2) fail(key);
    const Range found{static_cast<float>(number(value[0], key)),
                      static_cast<float>(number(value[1], key))};
    if (!(std::isfinite(found.low) && std::isfinite(found.high) && found.low < found.high)) {
      fail(key);
    }
    return found;
  }

  View view(const std::string& key, const std::string& filter_key) {
    const std::string size = text(key);
    const auto cross = size.find('x');
    if (cross == std::string::npos) fail(key);
    const auto side = [&](const std::string& word) {
      const std::uint64_t length = digits(word, 10, key);
      if (length == 0 || length > kLongestSide) fail(key);
      return static_cast<int>(length);
    };
    return {side(size.substr(0, cross)), side(size.substr(cross + 1)),
            choice<ViewFilter>(filter_key, {std::begin(kViewFilters), std::end(kViewFilters)},
                               filter_name)};
  }

  std::uint64_t hash(const std::string& key) { return digits(text(key), 16, key); }

  // Older versions wrote a number.
  std::uint64_t seed(const std::string& key) {
    const Json& value = at(key);
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    return digits(text(key), 10, key);
  }

  void must_all_be_seen() const {
    for (const auto& member : json_.items()) {
      if (std::find(seen_.begin(), seen_.end(), member.key()) == seen_.end()) {
        throw Error(fmt::format("{}: it holds \"{}\", which this version does not write", kDamaged,
                                member.key().substr(0, 40)));
      }
    }
  }

 private:
  static double number(const Json& value, std::string_view key) {
    if (!value.is_number()) fail(key);
    return value.get<double>();
  }

  static std::uint64_t digits(const std::string& text, int base, std::string_view key) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) fail(key);
    return value;
  }

  const Json& json_;
  std::vector<std::string> seen_;
};

}  // namespace qsample
