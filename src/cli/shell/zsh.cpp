#include <fmt/format.h>

#include "cli/shell/completion.h"

namespace qsample::cli {
namespace {

constexpr const char* kFrame = R"zsh(#compdef qsample
# Completion of qsample's command line for zsh.

# _qsample_words WORD...: one that ends with = goes on behind it.
_qsample_words() {
  local -a whole=(${@:#*=}) begun=(${(M)@:#*=})
  _alternative "words:value:{compadd -a whole}" "begun:value:{compadd -S '' -a begun}"
}

# _qsample_pair PATHS WORD...: WORD=PATH.
_qsample_pair() {
  local paths=$1
  shift
  if compset -P '*='; then
    _files $paths
  else
    _qsample_words "$@"
  fi
}
)zsh";

// `text` between single quotes, with a backslash before each of `special`.
std::string quoted(const std::string& text, std::string_view special = "") {
  std::string out = "'";
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

std::string without_quotes(const std::string& word) { return word.substr(1, word.size() - 2); }

std::string escaped(const std::string& text) { return without_quotes(quoted(text, "\\:[]")); }

// What _arguments does for a value.
std::string action(const OptionWords& option) {
  const Offer& offer = option.offer;
  const bool folders = offer.paths == Offer::Paths::folders;
  const std::string paths = folders ? "-/" : "";
  if (offer.words.empty() && offer.paths == Offer::Paths::none) return " ";
  std::string files = folders ? "_files -/" : "_files";
  if (offer.words.empty()) return files;
  const std::string words = fmt::format("{}", fmt::join(offer.words, " "));
  if (offer.paths_follow_words) return fmt::format("{{_qsample_pair \"{}\" {}}}", paths, words);
  if (offer.paths == Offer::Paths::none) return fmt::format("{{_qsample_words {}}}", words);
  return fmt::format("{{_qsample_words {}; {}}}", words, files);
}

// "(-o --output)-o+[image]:OUTPUT:_files" and likewise for the other name.
std::vector<std::string> specs_of(const OptionWords& option) {
  std::vector<std::string> others = option.excluded;
  if (!option.repeats) others.insert(others.end(), option.names.begin(), option.names.end());
  const std::string excluded = others.empty() ? "" : fmt::format("({})", fmt::join(others, " "));
  std::vector<std::string> specs;
  for (const std::string& name : option.names) {
    const bool is_flag = option.value.empty();
    const char* joined = is_flag ? "" : name.starts_with("--") ? "=" : "+";
    std::string spec = fmt::format("{}{}{}{}[{}]", excluded, option.repeats ? "*" : "", name,
                                   joined, escaped(option.help));
    if (!is_flag) spec += fmt::format(":{}:{}", escaped(option.value), action(option));
    specs.push_back("'" + spec + "'");
  }
  return specs;
}

std::string function_of(const CommandWords& command) {
  std::string text = fmt::format("\n_qsample_{}() {{\n  _arguments -s -S :", command.name);
  for (const OptionWords& option : command.options) {
    for (const std::string& spec : specs_of(option)) text += " \\\n    " + spec;
  }
  for (const OptionWords& input : command.inputs) {
    text += fmt::format(" \\\n    '{}:{}:{}'", input.repeats ? "*" : "", escaped(input.value),
                        action(input));
  }
  return text + "\n}\n";
}

std::string choices_of(std::span<const CommandWords> commands) {
  std::string text = "\n_qsample_commands() {\n  local -a commands=(\n";
  for (const CommandWords& command : commands) {
    text += fmt::format("    {}\n", quoted(command.name + ":" + command.description));
  }
  return text +
         "    'help:help, or that of a command'\n  )\n  _describe -t commands command "
         "commands\n}\n";
}

}  // namespace

std::string zsh_completion(std::span<const CommandWords> commands) {
  std::string text = kFrame + choices_of(commands);
  for (const CommandWords& command : commands) text += function_of(command);
  text += R"zsh(
_qsample() {
  local curcontext=$curcontext state line
  local -A opt_args
  _arguments -C '(- *)'{-h,--help}'[this help]' '(- *)--version[the version]' \
    '1:command:_qsample_commands' '*:: :->rest' && return
  [[ $state = rest ]] || return
  if [[ $words[1] = help ]]; then
    _arguments '1:command:_qsample_commands'
  elif (( $+functions[_qsample_$words[1]] )); then
    _qsample_$words[1]
  fi
}

# As a function of $fpath it is called; sourced, it tells zsh of itself.
if [[ $funcstack[1] = _qsample ]]; then
  _qsample "$@"
else
  compdef _qsample qsample
fi
)zsh";
  return text;
}

}  // namespace qsample::cli
