#include <fmt/format.h>

#include "cli/shell/completion.h"

namespace qsample::cli {
namespace {

constexpr const char* kFrame = R"fish(# Completion of qsample's command line for fish.

# Whether the command is the one named; without a name, whether there is none yet.
function __qsample_is
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end

# __qsample_pair WHAT: behind the = of WORD=PATH, the paths that WHAT finds.
function __qsample_pair
    set -l token (string replace -r -- '^--[a-z-]+=' '' (commandline -ct))
    set -l parts (string split -m 1 = -- $token)
    test (count $parts) -eq 2; and string replace -r '^' "$parts[1]=" ($argv[1] "$parts[2]")
end

complete -c qsample -f
complete -c qsample -n __qsample_is -s h -l help -d 'this help'
complete -c qsample -n __qsample_is -l version -d 'the version'
)fish";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

// What complete is told of a value.
std::string value_of(const Offer& offer) {
  std::vector<std::string> words = offer.words;
  const bool folders = offer.paths == Offer::Paths::folders;
  const std::string finder = folders ? "__fish_complete_directories" : "__fish_complete_path";
  if (offer.paths_follow_words) {
    words.push_back(fmt::format("(__qsample_pair {})", finder));
  } else if (folders) {
    words.push_back(fmt::format("({})", finder));
  }
  const bool files = offer.paths == Offer::Paths::files && !offer.paths_follow_words;
  std::string text = files ? " -F" : " -f";
  if (!words.empty()) text += " -a " + quoted(fmt::format("{}", fmt::join(words, " ")));
  return text;
}

std::string lines_of(const CommandWords& command) {
  const std::string start = fmt::format("complete -c qsample -n '__qsample_is {}'", command.name);
  std::string text = "\n";
  for (const OptionWords& option : command.options) {
    text += start;
    for (const std::string& name : option.names) {
      text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (!option.value.empty()) text += " -r" + value_of(option.offer);
    text += " -d " + quoted(option.help) + "\n";
  }
  for (const OptionWords& input : command.inputs) text += start + value_of(input.offer) + "\n";
  return text;
}

}  // namespace

std::string fish_completion(std::span<const CommandWords> commands) {
  std::string text = kFrame;
  for (const CommandWords& command : commands) {
    for (const char* where : {"__qsample_is", "'__qsample_is help'"}) {
      text += fmt::format("complete -c qsample -n {} -a {} -d {}\n", where, command.name,
                          quoted(command.description));
    }
  }
  text += "complete -c qsample -n __qsample_is -a help -d 'help, or that of a command'\n";
  for (const CommandWords& command : commands) text += lines_of(command);
  return text;
}

}  // namespace qsample::cli
