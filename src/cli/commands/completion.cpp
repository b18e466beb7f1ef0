// qsample completion: a script that lets a shell complete qsample's command line.

#include <memory>

#include "cli/commands/commands.h"
#include "cli/options/shared_options.h"
#include "cli/options/values.h"
#include "cli/shell/completion.h"

namespace qsample::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  source <(qsample completion bash)        for this shell; likewise zsh\n"
    "  qsample completion fish | source\n"
    "  qsample completion bash > ~/.local/share/bash-completion/completions/qsample\n"
    "  qsample completion zsh > ~/.zfunc/_qsample     a folder of $fpath\n"
    "  qsample completion fish > ~/.config/fish/completions/qsample.fish\n"
    "\n"
    "An installed qsample has put them where the shells look already; in /usr/local\n"
    "fish does where XDG_DATA_DIRS names /usr/local/share.";

Run add_options(CLI::App& command, Console& console) {
  const auto asked = std::make_shared<const Shell*>();
  Choices<const Shell*> shells;
  for (const Shell& shell : kShells) shells.emplace_back(shell.name, &shell);
  command.footer(kExamples);
  add_choice<const Shell*>(command, "SHELL", *asked, "bash, zsh or fish", shells)->required();
  add_console_options(command, console);
  return [asked] {
    print((*asked)->completion(command_words()));
    return 0;
  };
}

std::string explain_surplus(const std::vector<std::string>& /*words*/) {
  return "it is of one shell";
}

}  // namespace

const Command kCompletion = {"completion", "Print what lets a shell complete the command line",
                             add_options, explain_surplus};

}  // namespace qsample::cli
