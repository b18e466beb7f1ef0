#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace qsample::cli {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kIndent = 26;  // of descriptions

constexpr const char* kFurther =
    "'qsample COMMAND -h' lists a command's usual options, 'qsample help COMMAND' all\n"
    "of them, both with examples.\n";

// In the short help, of whatever command has them.
constexpr std::string_view kUsual[] = {"--output", "--timestep",  "--at",        "--every",
                                       "--frames", "--timesteps", "--format",    "--find",
                                       "--stats",  "--json",      "--recursive", "--resume",
                                       "--seed",   "--schedule",  "--manifest",  "--overwrite"};

bool is_usual(const CLI::Option& option) {
  return std::any_of(std::begin(kUsual), std::end(kUsual),
                     [&](std::string_view name) { return option.check_name(std::string(name)); });
}

// The words of `text` in lines from kIndent to kColumns, the first of which has begun.
std::string wrapped(std::string_view text) {
  const std::string line_break = "\n" + std::string(kIndent, ' ');
  std::string out;
  std::size_t column = kIndent;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(" \n", at), text.size());
    const bool breaks = at > 0 && text[at - 1] == '\n';
    if (breaks || column + 1 + (end - at) > kColumns) {
      out += line_break;
      column = kIndent;
    } else if (at > 0) {
      out += ' ';
      ++column;
    }
    out += text.substr(at, end - at);
    column += end - at;
    at = end + 1;
  }
  return out;
}

std::string entry(const std::string& name, std::string_view description) {
  std::string out = "  " + name;
  if (out.size() + 2 > kIndent) {
    out += "\n" + std::string(kIndent, ' ');
  } else {
    out.append(kIndent - out.size(), ' ');
  }
  return out + wrapped(description) + "\n";
}

// "-o, --output FILE".
std::string spelling(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string text;
  for (const auto& name : option.get_snames()) text += "-" + name + ", ";
  // So that long names stand below each other.
  if (text.empty()) text = "    ";
  for (const auto& name : option.get_lnames()) text += "--" + name + ", ";
  text.erase(text.size() - 2);
  const bool is_flag = option.get_items_expected_max() == 0;
  return is_flag ? text : text + " " + option.get_type_name();
}

std::string names_of(const std::set<CLI::Option*>& options) {
  std::set<std::string> names;
  for (const auto* option : options) names.insert(option->get_name());
  return fmt::format("{}", fmt::join(names, " or "));
}

std::string usage(const Command& command, const CLI::App& app) {
  std::string text = fmt::format("Usage: qsample {}", command.name);
  for (const auto* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const bool several = option->get_items_expected_max() > 1;
    const std::string name = option->get_name(true) + (several ? "..." : "");
    text += option->get_required() ? " " + name : " [" + name + "]";
  }
  for (const auto* option : app.get_options()) {
    if (option->get_positional() || !option->get_required()) continue;
    text += fmt::format(" -{} {}", option->get_snames().front(), option->get_type_name());
  }
  return text + " [OPTIONS]\n";
}

}  // namespace

const char* const kWhatItIs =
    "The forward (noising) process of diffusion models, applied to images:\n"
    "x_t = alpha_t x_0 + sigma_t eps, exact and reproducible to the byte.\n";

const char* const kExitStatus =
    "Exit status: 0 all done; 1 something about a file failed; 2 wrong command line;\n"
    "130, 143 or 129: ended by SIGINT, SIGTERM or SIGHUP.\n";

std::string option_help(const CLI::Option& option, bool whole) {
  const std::string& text = option.get_description();
  if (!whole) return text.substr(0, text.find('\n'));
  std::string conditions;
  if (!option.get_needs().empty()) conditions += "; with " + names_of(option.get_needs());
  if (!option.get_excludes().empty()) conditions += "; not with " + names_of(option.get_excludes());
  return text + conditions;
}

std::string program_help() {
  std::string text = std::string(kWhatItIs) + "\nUsage: qsample COMMAND [OPTIONS]\n\nCommands:\n";
  for (const Command* command : commands()) text += entry(command->name, command->description);
  text += entry("help [COMMAND]", "This help, or that of a command");
  text += "\nOptions:\n" + entry("-h, --help", "this help");
  text += entry("    --version", "the version, and the instruction set that is used");
  return text + "\n" + kFurther + kExitStatus;
}

std::string command_help(const Command& command, const CLI::App& app, bool whole) {
  std::string text = fmt::format("{}\n\n{}", command.description, usage(command, app));
  std::string group;
  const auto add_entry = [&](const CLI::Option& option) {
    text += entry(spelling(option), option_help(option, whole));
  };
  for (const auto* option : app.get_options()) {
    if (!option->get_positional()) continue;
    text += '\n';
    add_entry(*option);
  }
  for (const auto* option : app.get_options()) {
    if (option->get_positional() || !(whole || is_usual(*option))) continue;
    const std::string its_group = whole ? option->get_group() : "Options";
    if (group != its_group) text += fmt::format("\n{}:\n", its_group);
    group = its_group;
    add_entry(*option);
  }
  if (!whole) text += fmt::format("\n'qsample help {}' has all options.\n", command.name);
  return text + "\n" + app.get_footer() + "\n";
}

}  // namespace qsample::cli
