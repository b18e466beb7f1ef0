#include "cli/description.h"

#include <fmt/format.h>

#include <string_view>

#include "cli/console.h"
#include "io/json.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr const char* kDamaged = "its record of qsample is damaged";

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// A word as a shell needs it written.
std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:=+@%-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// Where a part of a record goes on the command line that makes the frame again.
std::string flag_of(const std::string& key, const Json& value) {
  // Records come with files, which come from anywhere, and a command is there to be pasted.
  if (key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos) {
    throw Error("has a key that is no option: " + key);
  }
  if (key == "name") {
    return value == "betas" ? " --schedule BETAS.txt" : " --schedule " + shell_word(text_of(value));
  }
  if (key == "steps") return fmt::format(" -T {}", value.get<int>());
  if (value.is_boolean()) return value.get<bool>() ? " --" + key : "";
  if (key == "betas-xxh3") return "";
  if (value.is_array())
    return fmt::format(" --{}={},{}", key, value.at(0).get<float>(), value.at(1).get<float>());
  return " --" + key + " " + shell_word(text_of(value));
}

std::string command_of(const Json& record) {
  std::string source = text_of(record.at("source"));
  if (source == "stdin")
    source = "-";
  else if (source.starts_with('-'))
    source = "./" + source;
  std::string line =
      fmt::format("qsample noise {} -t {}", shell_word(source), record.at("t").get<int>());
  for (const char* key :
       {"path", "rng", "seed", "depth", "range", "layout", "compression", "frame", "input-range"}) {
    if (record.contains(key)) line += flag_of(key, record.at(key));
  }
  if (record.contains("damage")) line += " --allow-damaged";
  for (const auto& [key, value] : record.at("schedule").items()) line += flag_of(key, value);
  return line;
}

std::string lines_of(const Json& record) {
  std::string text;
  const auto add = [&](std::string_view key, const std::string& value) {
    text += fmt::format("{:<13}{}\n", printable(key), printable(value));
  };
  for (const auto& [key, value] : record.items()) {
    if (!value.is_object()) {
      add(key, text_of(value));
      continue;
    }
    std::string parts;
    for (const auto& [name, part] : value.items()) {
      parts += name == "name" ? text_of(part) : fmt::format(", {} {}", name, text_of(part));
    }
    add(key, parts);
  }
  add("again", command_of(record));
  return text;
}

}  // namespace

std::string description_of(const std::string& record) {
  try {
    return lines_of(parse_json(record));
  } catch (const Json::exception&) {
    throw Error(kDamaged);
  } catch (const Error& e) {
    throw Error(std::string(kDamaged) + ": it " + e.what());
  }
}

}  // namespace qsample::cli
