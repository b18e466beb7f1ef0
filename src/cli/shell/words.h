// The command line as a shell or a manual tells of it: commands, options and what can stand for
// their values, all taken from the commands themselves.
#pragma once

#include <string>
#include <vector>

#include "cli/commands/commands.h"

namespace qsample::cli {

/// What can stand for the value of an option, or for an input.
struct Offer {
  enum class Paths { none, files, folders };

  std::vector<std::string> words = {};  ///< behind one that ends with = it goes on
  Paths paths = Paths::none;
  bool paths_follow_words = false;  ///< they stand behind the = of a word, not beside the words
};

/// An option, or what stands where no option does.
struct OptionWords {
  std::vector<std::string> names;     ///< with their dashes, the short ones first; none of an input
  std::string value;                  ///< what its value is called; empty of flags
  std::string group;                  ///< the heading that it stands under
  std::string help;                   ///< its first words, in one line
  std::string whole_help;             ///< all of it, in lines
  std::vector<std::string> excluded;  ///< names of the options that may not stand beside it
  bool repeats = false;               ///< may be given again
  Offer offer = {};
};

struct CommandWords {
  std::string name;
  std::string description;
  std::string examples;
  std::vector<OptionWords> options;  ///< but for those that help does not show
  std::vector<OptionWords> inputs;
};

/// All of `commands()`.
[[nodiscard]] std::vector<CommandWords> command_words();

}  // namespace qsample::cli
