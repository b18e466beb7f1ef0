#include "cli/shell/words.h"

#include <string_view>

#include "cli/help.h"
#include "cli/shell/offer.h"

namespace qsample::cli {
namespace {

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

OptionWords words_of(const CLI::Option& option) {
  OptionWords words{.names = names_of(option),
                    .value = option.get_positional() ? option.get_name(true) : "",
                    .group = option.get_group(),
                    .help = option_help(option, false),
                    .whole_help = option_help(option, true),
                    .excluded = {},
                    .repeats = option.get_items_expected_max() > 1,
                    .offer = offer_of(option)};
  const bool is_flag = option.get_items_expected_max() == 0;
  if (!option.get_positional() && !is_flag) words.value = option.get_type_name();
  for (const CLI::Option* other : option.get_excludes()) {
    for (auto& name : names_of(*other)) words.excluded.push_back(std::move(name));
  }
  return words;
}

CommandWords words_of(const Command& command) {
  CLI::App app;
  Console unused;
  (void)declare(command, app, unused);
  CommandWords words{command.name, command.description, app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // CLI11 hides those
    auto& its_kind = option->get_positional() ? words.inputs : words.options;
    its_kind.push_back(words_of(*option));
  }
  return words;
}

}  // namespace

std::vector<CommandWords> command_words() {
  std::vector<CommandWords> all;
  for (const Command* command : commands()) all.push_back(words_of(*command));
  return all;
}

}  // namespace qsample::cli
