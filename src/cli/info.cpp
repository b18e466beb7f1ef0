// qsample info: how a file was made.

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/commands.h"
#include "cli/shared_options.h"
#include "io/file.h"
#include "io/image_io.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

struct Options {
  std::string file;
  bool json = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample info cat_t0250.png\n"
    "  qsample info --json cat_t0250.png | jq .seed";

using Json = nlohmann::ordered_json;

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// A word as a shell needs it written.
std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:=+@%-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// The command that makes the frame again.
std::string command_of(const Json& record) {
  const Json& schedule = record.at("schedule");
  std::string line = fmt::format("qsample noise {} -t {} --path {} --seed {}",
                                 quoted(text_of(record.at("source"))), record.at("t").dump(),
                                 text_of(record.at("path")), record.at("seed").dump());
  for (const auto& [key, value] : schedule.items()) {
    if (key == "name") {
      line += value == "betas" ? std::string(" --schedule BETAS.txt")
                               : " --schedule " + quoted(text_of(value));
    } else if (key == "steps") {
      line += " -T " + value.dump();
    } else if (value.is_boolean()) {
      if (value.get<bool>()) line += " --" + key;
    } else if (value.is_number()) {
      line += " --" + key + " " + value.dump();
    }
  }
  return line;
}

std::string description_of(const Json& record) {
  std::string text;
  const auto add = [&](std::string_view key, const std::string& value) {
    text += fmt::format("{:<13}{}\n", key, value);
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

int run(const Options& options) {
  const std::string name = options.file == "-" ? "standard input" : options.file;
  const auto record = record_in(read_file(options.file), name);
  if (!record) throw Error(name + ": carries no record of qsample");
  if (options.json) {
    print(*record + "\n");
    return 0;
  }
  try {
    print(description_of(Json::parse(*record)));
  } catch (const Json::exception&) {
    throw Error(name + ": its record of qsample is damaged");
  }
  return 0;
}

}  // namespace

Run add_info(CLI::App& app, Console& console) {
  auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("info", "Show how a file was made");
  command.footer(kExamples);
  command.add_option("FILE", options->file, "image made by qsample; - for standard input")
      ->type_name("")
      ->required();
  command.add_flag("--json", options->json, "the record as it stands in the file");
  add_console_options(command, console);
  return [options] { return run(*options); };
}

}  // namespace qsample::cli
