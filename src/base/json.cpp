#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

// Python's numbers that JSON lacks, with tokens of JSON in their place: as long, so that columns
// stay, and with an 'E', which in the numbers around them becomes an 'e'.
struct PythonNumber {
  std::string_view word;
  std::string_view token;
  double value;
};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr PythonNumber kPythonNumbers[] = {
    {"NaN", "0E0", std::numeric_limits<double>::quiet_NaN()},
    {"Infinity", "0E000000", kInfinity},
    {"-Infinity", "-0E000000", -kInfinity},
};

// The end of the string that begins at `at`, its quotes included.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

std::string with_tokens(std::string_view text) {
  constexpr std::string_view kBetweenWords = " \t\r\n,:[]{}\"";
  std::string out(text);
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = std::min(out.find_first_of(kBetweenWords, at), out.size());
    const auto word = text.substr(at, end - at);
    const auto* number = std::find_if(std::begin(kPythonNumbers), std::end(kPythonNumbers),
                                      [&](const auto& known) { return known.word == word; });
    if (number != std::end(kPythonNumbers)) {
      out.replace(at, word.size(), number->token);
    } else {
      std::replace(out.begin() + static_cast<std::ptrdiff_t>(at),
                   out.begin() + static_cast<std::ptrdiff_t>(end), 'E', 'e');
    }
    at = end < out.size() && out[end] == '"' ? end_of_string(text, end) : end + 1;
  }
  return out;
}

// Builds the value as its parts are met.
class Builder final : public Json::json_sax_t {
 public:
  Json take() { return std::move(root_); }

  bool null() override { return put({}); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t& token) override {
    // Only a text whose numbers of Python were replaced has these.
    for (const auto& number : kPythonNumbers) {
      if (has_tokens && token == number.token) return put(number.value);
    }
    return put(value);
  }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }  // no text has one

  bool start_object(std::size_t /*elements*/) override { return open(Json::object()); }
  bool key(string_t& value) override {
    key_ = std::move(value);
    return true;
  }
  bool end_object() override {
    check_keys();
    open_.pop_back();
    return true;
  }
  bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }
  bool end_array() override {
    open_.pop_back();
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    // The library's message begins with a number of its own in brackets.
    constexpr std::size_t kLongest = 200;
    std::string what = error.what();
    for (const std::string_view before : {"] ", "parse error at "}) {
      const auto at = what.find(before);
      if (at != std::string::npos) what.erase(0, at + before.size());
    }
    if (what.size() > kLongest) what.replace(kLongest, std::string::npos, "...");
    throw Error("is not JSON: " + what);
  }

  bool has_tokens = false;

 private:
  bool put(Json value) {
    if (++values_ > kMostJsonValues) throw Error("holds too many values");
    if (open_.empty()) {
      root_ = std::move(value);
      last_ = &root_;
    } else if (open_.back()->is_array()) {
      last_ = &open_.back()->emplace_back(std::move(value));
    } else {
      // Not by the object's own ways, which look through all its keys each time.
      auto& members = open_.back()->get_ref<Json::object_t&>();
      last_ = &members.Json::object_t::Container::emplace_back(std::move(key_), std::move(value))
                   .second;
    }
    return true;
  }

  bool open(Json empty) {
    if (open_.size() == kMostJsonDepth) {
      throw Error("is nested deeper than " + std::to_string(kMostJsonDepth) + " levels");
    }
    put(std::move(empty));
    open_.push_back(last_);
    return true;
  }

  void check_keys() const {
    std::vector<std::string_view> keys;
    for (const auto& member : open_.back()->get_ref<const Json::object_t&>()) {
      keys.emplace_back(member.first);
    }
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) throw Error("has \"" + std::string(*twice) + "\" twice");
  }

  Json root_;
  std::vector<Json*> open_;  // arrays and objects whose end has not come, the outermost first
  Json* last_ = nullptr;     // what was put last
  std::string key_;
  std::size_t values_ = 0;
};

}  // namespace

Json parse_json(std::string_view text, const JsonOptions& options) {
  if (text.size() > options.most_bytes) {
    throw Error("is longer than the " + std::to_string(options.most_bytes) +
                " bytes that are read");
  }
  Builder builder;
  builder.has_tokens = options.python_numbers;
  const std::string replaced = options.python_numbers ? with_tokens(text) : std::string();
  const std::string_view json = options.python_numbers ? replaced : text;
  Json::sax_parse(json.begin(), json.end(), &builder);
  return builder.take();
}

std::optional<Json> parse_json_object(std::string_view text) {
  try {
    Json json = parse_json(text);
    if (json.is_object()) return json;
  } catch (const Error&) {  // then it is not one
  }
  return std::nullopt;
}

std::string json_text(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

void put_name(Json& json, const std::string& key, const std::string& name) {
  json[key] = name;
  if (parse_json(json_text(json[key])) == name) return;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte / 16];
    hex += kDigits[byte % 16];
  }
  json[key + "-hex"] = hex;
}

std::string get_name(const Json& json, const std::string& key) {
  const auto text = [&](const std::string& name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) throw Error("has no \"" + name + "\"");
    return found->get<std::string>();
  };
  std::string shown = text(key);
  if (!json.contains(key + "-hex")) return shown;
  const std::string hex = text(key + "-hex");
  std::string name;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    std::uint8_t byte = 0;
    const char* end = hex.data() + std::min(at + 2, hex.size());
    const auto [read, error] = std::from_chars(hex.data() + at, end, byte, 16);
    if (error != std::errc() || read != hex.data() + at + 2) {
      throw Error("has a \"" + key + "-hex\" that is not hexadecimal");
    }
    name += static_cast<char>(byte);
  }
  return name;
}

}  // namespace qsample
