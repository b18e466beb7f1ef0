#include <fmt/format.h>

#include <map>

#include "cli/shell/completion.h"

namespace qsample::cli {
namespace {

// bash takes words apart at each = (unless COMP_WORDBREAKS says otherwise) and wants to be told of
// the last part alone, so `whole` is what stands before the cursor and `lead` what is to be left
// out. Names of files that begin with quotes are left to readline, which is asked where nothing is
// found.
constexpr const char* kFrame = R"bash(
# _qsample_reply WORDS [PATHS]: those of the words that begin like $value; and of $value's files
# (-f) or folders (-d).
_qsample_reply() {
  local reply
  COMPREPLY=()
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$value")
  [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
  if [[ -z ${2-} ]]; then
    compopt +o bashdefault +o default 2>/dev/null
  else
    compopt -o filenames 2>/dev/null
    [[ $2 != -d ]] || compopt +o bashdefault +o default -o dirnames 2>/dev/null
    while IFS= read -r reply; do COMPREPLY+=("$reply"); done < <(compgen "$2" -- "$value")
  fi
  COMPREPLY=("${COMPREPLY[@]/#/$before}")
  COMPREPLY=("${COMPREPLY[@]#"$lead"}")
}

# _qsample_pair WORDS PATHS: WORD=PATH.
_qsample_pair() {
  if [[ $value != *=* ]]; then
    _qsample_reply "$1"
  else
    before+=${value%%=*}= value=${value#*=}
    _qsample_reply "" "$2"
  fi
}

_qsample() {
  local at=$COMP_CWORD value=${COMP_WORDS[COMP_CWORD]} before='' lead option command=${COMP_WORDS[1]-}
  while ((at > 2)) && [[ ${COMP_WORDS[at]} == "=" || ${COMP_WORDS[at - 1]} == "=" ]]; do
    value=${COMP_WORDS[--at]}$value
  done
  lead=${COMP_WORDS[COMP_CWORD]}
  [[ $lead != "=" ]] || lead=''
  lead=${value%"$lead"} option=${COMP_WORDS[at - 1]}
  if [[ $value == --*=* ]]; then
    option=${value%%=*} before=$option= value=${value#*=}
  fi
  COMPREPLY=()
)bash";

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string reply(const Offer& offer) {
  const char* paths = offer.paths == Offer::Paths::none    ? ""
                      : offer.paths == Offer::Paths::files ? " -f"
                                                           : " -d";
  return fmt::format("{} {}{}", offer.paths_follow_words ? "_qsample_pair" : "_qsample_reply",
                     quoted(fmt::format("{}", fmt::join(offer.words, " "))), paths);
}

// The options that have a value, by what is offered for it.
std::map<std::string, std::vector<std::string>> replies_of(const CommandWords& command) {
  std::map<std::string, std::vector<std::string>> replies;
  for (const OptionWords& option : command.options) {
    if (option.value.empty()) continue;
    auto& names = replies[reply(option.offer)];
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return replies;
}

std::string branch_of(const CommandWords& command) {
  std::string text = fmt::format("    {})\n      case $option in\n", command.name);
  for (const auto& [reply, names] : replies_of(command)) {
    text += fmt::format("        {}) {} && return ;;\n", fmt::join(names, " | "), reply);
  }
  std::vector<std::string> names;
  for (const OptionWords& option : command.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  const std::string all = reply({.words = names});
  if (command.inputs.empty()) return text + fmt::format("      esac\n      {}\n      ;;\n", all);
  return text + fmt::format(
                    "      esac\n      if [[ $value == -* ]]; then\n        {}\n      else\n"
                    "        {}\n      fi\n      ;;\n",
                    all, reply(command.inputs.front().offer));
}

}  // namespace

std::string bash_completion(std::span<const CommandWords> commands) {
  std::vector<std::string> names;
  for (const CommandWords& command : commands) names.push_back(command.name);
  const std::string list = fmt::format("{}", fmt::join(names, " "));
  std::string text = std::string("# Completion of qsample's command line for bash.\n") + kFrame;
  text += fmt::format(
      "  if ((COMP_CWORD == 1)); then\n    _qsample_reply '{0} help -h --help --version'\n"
      "    return\n  fi\n  case $command in\n    help) ((COMP_CWORD > 2)) || _qsample_reply '{0}' "
      ";;\n",
      list);
  for (const CommandWords& command : commands) text += branch_of(command);
  return text + "  esac\n}\n\ncomplete -o bashdefault -o default -F _qsample qsample\n";
}

}  // namespace qsample::cli
