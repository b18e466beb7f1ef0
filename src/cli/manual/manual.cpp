#include "cli/manual/manual.h"

#include <fmt/format.h>

#include <string_view>

#include "cli/help.h"

namespace qsample::cli {
namespace {

// Text as roff takes it for itself: no escape, no request, and the characters as they are typed.
std::string roff(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins_line = i == 0 || text[i - 1] == '\n';
    if (begins_line && (text[i] == '.' || text[i] == '\'')) out += "\\&";
    switch (text[i]) {
      case '\\': out += "\\e"; break;
      case '-': out += "\\-"; break;
      case '\'': out += "\\(aq"; break;
      case '`': out += "\\(ga"; break;
      case '^': out += "\\(ha"; break;
      case '~': out += "\\(ti"; break;
      default: out += text[i];
    }
  }
  return out;
}

std::string heading(const std::string& name, const std::string& description) {
  std::string title = name;
  for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return fmt::format(
      ".TH {} 1 \"\" \"qsample {}\" \"User Commands\"\n.nh\n.ad l\n.SH NAME\n{} \\- {}\n",
      roff(title), QSAMPLE_VERSION, roff(name), roff(description));
}

// ".TP" and its two parts; the lines of a description are broken where it breaks them.
std::string item(const std::string& tag, std::string_view text) {
  std::string out = ".TP\n" + tag + "\n";
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    out += (at > 0 ? ".br\n" : "") + roff(text.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return out;
}

std::string tag_of(const OptionWords& option) {
  std::string tag;
  for (const std::string& name : option.names) {
    tag += fmt::format("{}\\fB{}\\fR", tag.empty() ? "" : ", ", roff(name));
  }
  if (option.value.empty()) return tag;
  return fmt::format("{}{}\\fI{}\\fR", tag, tag.empty() ? "" : " ", roff(option.value));
}

std::string synopsis(const CommandWords& command) {
  std::string text = fmt::format(".SH SYNOPSIS\n\\fBqsample {}\\fR", roff(command.name));
  for (const OptionWords& input : command.inputs) {
    text += fmt::format(" \\fI{}\\fR{}", roff(input.value), input.repeats ? " ..." : "");
  }
  return text + " [\\fIOPTIONS\\fR]\n";
}

std::string options_of(const CommandWords& command) {
  std::string text = ".SH OPTIONS\n";
  std::string group = "Options";
  for (const OptionWords& option : command.options) {
    if (option.group != group) text += fmt::format(".SS {}\n", roff(option.group));
    group = option.group;
    text += item(tag_of(option), option.whole_help);
  }
  return text;
}

// What stands behind "Examples:", as it stands there.
std::string examples_of(const CommandWords& command) {
  std::string_view text = command.examples;
  constexpr std::string_view kTitle = "Examples:\n";
  if (text.starts_with(kTitle)) text.remove_prefix(kTitle.size());
  return fmt::format(".SH EXAMPLES\n.nf\n{}\n.fi\n", roff(text));
}

std::string exit_status() {
  std::string_view text = kExitStatus;
  text.remove_prefix(text.find(": ") + 2);
  return ".SH EXIT STATUS\n" + roff(text);
}

}  // namespace

std::string program_page(std::span<const CommandWords> commands) {
  std::string text =
      heading("qsample", "the forward process of diffusion models, applied to images");
  text +=
      ".SH SYNOPSIS\n\\fBqsample\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.br\n"
      "\\fBqsample\\fR \\fBhelp\\fR [\\fICOMMAND\\fR]\n.br\n"
      "\\fBqsample\\fR \\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR\n";
  text += ".SH DESCRIPTION\n" + roff(kWhatItIs) + ".SH COMMANDS\n";
  std::string see_also;
  for (const CommandWords& command : commands) {
    text += item(fmt::format("\\fBqsample\\-{}\\fR(1)", command.name), command.description);
    see_also += fmt::format("{}.BR qsample\\-{} (1)", see_also.empty() ? "" : " ,\n", command.name);
  }
  return text + exit_status() + ".SH SEE ALSO\n" + see_also + "\n";
}

std::string command_page(const CommandWords& command) {
  std::string text = heading("qsample-" + command.name, command.description) + synopsis(command);
  text += ".SH DESCRIPTION\n" + roff(command.description) + ".\n";
  for (const OptionWords& input : command.inputs) text += item(tag_of(input), input.whole_help);
  return text + options_of(command) + examples_of(command) + exit_status() +
         ".SH SEE ALSO\n.BR qsample (1)\n";
}

}  // namespace qsample::cli
