#include "cli/usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "base/nearest_name.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

// What other programs call an option of ours; of several, the first that the command has.
constexpr std::pair<std::string_view, std::string_view> kElsewhere[] = {
    {"--force", "--overwrite"},
    {"--workers", "--jobs"},
    {"--threads", "--jobs"},
    {"--num-workers", "--jobs"},
    {"--beta-schedule", "--schedule"},
    {"--noise-schedule", "--schedule"},
    {"--num-train-timesteps", "--steps"},
    {"-t", "--timesteps"},
    {"--timestep", "--timesteps"},
    {"--at", "--find"},
};

constexpr std::size_t kShortestPrefix = 3;

[[noreturn]] void refuse(const Command& command, const std::string& what) {
  throw InvalidArgument(fmt::format("{}; see qsample {} --help", what, command.name));
}

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (const auto& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

bool is_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

// "Beta_Start" of "--Beta_Start".
std::string_view bare(std::string_view name) {
  return name.substr(std::min(name.find_first_not_of('-'), name.size()));
}

// "beta-start" of it.
std::string plain(std::string_view name) {
  std::string text(bare(name));
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return c == '_' ? '-' : static_cast<char>(std::tolower(c));
  });
  return text;
}

// The one of `known` that `word` was meant to be; empty where none is near.
std::string meant_option(std::string_view word, const std::vector<std::string>& known) {
  for (const auto& name : known) {
    if (bare(name) == bare(word)) return name;  // other dashes
  }
  const std::string wanted = plain(word);
  std::vector<std::string_view> near;
  std::vector<std::string_view> long_names;
  for (const auto& name : known) {
    if (bare(name) == wanted) return name;  // other capitals, or _ for -
    if (!name.starts_with("--")) continue;
    const auto other = long_names.emplace_back(bare(name));
    const bool longer = wanted.starts_with(fmt::format("{}-", other));
    if (longer || (wanted.size() >= kShortestPrefix && other.starts_with(wanted))) {
      near.push_back(other);
    }
  }
  if (near.empty()) near.push_back(nearest_name(wanted, long_names));
  return near.size() == 1 && !near.front().empty() ? fmt::format("--{}", near.front()) : "";
}

// The commands that have an option: "trajectory or batch".
std::string commands_with(const std::string& name) {
  std::vector<std::string_view> found;
  for (const Command* command : commands()) {
    CLI::App app;
    Console unused;
    (void)command->add_options(app, unused);
    if (app.get_option_no_throw(name) != nullptr) found.emplace_back(command->name);
  }
  if (found.size() < 2) return fmt::format("{}", fmt::join(found, ""));
  const std::span<const std::string_view> all = found;
  return fmt::format("{} and {}", fmt::join(all.first(all.size() - 1), ", "), all.back());
}

std::string explain_unknown(const std::string& name, const CLI::App& app) {
  for (const auto& [theirs, ours] : kElsewhere) {
    if (name == theirs && app.get_option_no_throw(std::string(ours)) != nullptr) {
      return fmt::format("; did you mean {}", ours);
    }
  }
  if (const auto others = commands_with(name); !others.empty()) {
    return fmt::format(", which is an option of {}", others);
  }
  const auto meant = meant_option(name, names_of(app));
  return meant.empty() ? "" : "; did you mean " + meant;
}

// Walks through the words as CLI11 will.
class Walk {
 public:
  Walk(const Command& command, const CLI::App& app, const std::vector<std::string>& words)
      : command_(command), app_(app), words_(words) {}

  Wish wish() {
    for (; at_ < words_.size() && wish_ == Wish::run; ++at_) {
      const std::string& word = words_[at_];
      if (word == "--") break;
      if (word.starts_with("--")) {
        const auto equals = std::min(word.find('='), word.size());
        take(word.substr(0, equals), word.substr(equals), word);
      } else if (is_option(word)) {
        take_letters(word);
      } else if (word.empty()) {
        refuse(command_, "an input is empty; is a variable not set?");
      }
    }
    return wish_;
  }

 private:
  // "-qvt5": flags, and at the end one that may have a value.
  void take_letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size() && wish_ == Wish::run; ++i) {
      const std::string name = {'-', word[i]};
      const auto* option = app_.get_option_no_throw(name);
      if (option == nullptr) refuse_unknown(i == 1 ? word : name);
      const bool ends = !is_flag(*option) || (i + 1 < word.size() && word[i + 1] == '=');
      // "-output" does not name an output "utput".
      if (ends && app_.get_option_no_throw("-" + word) != nullptr) refuse_unknown(word);
      take(name, ends ? word.substr(i + 1) : "", word);
      if (ends) return;
    }
  }

  // The option `name` of a word that holds `value` behind it, with the = before that.
  void take(const std::string& name, const std::string& value, const std::string& word) {
    const auto* option = app_.get_option_no_throw(name);
    if (option == nullptr) refuse_unknown(name);
    if (is_flag(*option)) {
      if (!value.empty()) refuse(command_, fmt::format("{} takes no value: '{}'", name, word));
      if (option == app_.get_help_ptr()) wish_ = name == "-h" ? Wish::usual_help : Wish::whole_help;
      return;
    }
    if (!name.starts_with("--") && value.starts_with('=')) {
      refuse(command_, fmt::format("'{}': a short option takes its value without =; write {} {}",
                                   word, name, value.substr(1)));
    }
    if (value == "=") refuse(command_, name + " is empty");
    if (value.empty()) check_next_word(name, *option);
    if (++times_[option] > 1 && option->get_items_expected_max() == 1) {
      refuse(command_, fmt::format("{} is given twice; give it once", name));
    }
  }

  // The value of an option whose own word does not hold it.
  void check_next_word(const std::string& name, const CLI::Option& option) {
    const std::string form = fmt::format("{} {}", name, option.get_type_name());
    if (++at_ == words_.size()) refuse(command_, fmt::format("{} needs a value: {}", name, form));
    const std::string& next = words_[at_];
    if (next.empty()) refuse(command_, name + " is empty");
    if (is_option(next) && app_.get_option_no_throw(next) != nullptr) {
      refuse(command_, fmt::format("{} needs a value: {}; '{}', which follows it, is an option",
                                   name, form, next));
    }
  }

  [[noreturn]] void refuse_unknown(const std::string& name) const {
    refuse(command_, fmt::format("unexpected '{}'{}", name, explain_unknown(name, app_)));
  }

  const Command& command_;
  const CLI::App& app_;
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  Wish wish_ = Wish::run;
  std::map<const CLI::Option*, int> times_;
};

std::string shown(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  return option.get_snames().empty() ? option.get_name() : "-" + option.get_snames().front();
}

// The words that no option and no input took.
std::vector<std::string> surplus_of(const CLI::App& app) {
  auto words = app.remaining();
  std::erase(words, "--");
  return words;
}

std::string describe_missing(const CLI::App& app) {
  for (const auto* option : app.get_options()) {
    if (!option->get_required() || option->count() > 0) continue;
    const std::string form =
        option->get_positional() ? shown(*option) : shown(*option) + " " + option->get_type_name();
    const auto rest = surplus_of(app);
    const std::string meant = rest.empty() || option->get_positional()
                                  ? ""
                                  : fmt::format("; did you mean {} {}", shown(*option), rest[0]);
    return fmt::format("{} is missing: {}{}", form, option->get_description(), meant);
  }
  return "something is missing";
}

// "--every and --frames": the first two that are given though one excludes the other, or the first
// that is given without what it needs.
std::string describe_clash(const CLI::App& app) {
  for (const auto* option : app.get_options()) {
    if (option->count() == 0) continue;
    for (const auto* needed : option->get_needs()) {
      if (needed->count() > 0) continue;
      return fmt::format("{} needs {}; give both or neither", shown(*option), shown(*needed));
    }
    for (const auto* excluded : option->get_excludes()) {
      if (excluded->count() == 0) continue;
      return fmt::format("{} and {} exclude each other; give one of them", shown(*option),
                         shown(*excluded));
    }
  }
  return "options exclude each other";
}

std::string describe_surplus(const Command& command, const CLI::App& app) {
  const auto rest = surplus_of(app);
  if (rest.empty() || command.explain_surplus == nullptr) return "too many words";
  return fmt::format("unexpected '{}'; {}", rest.front(), command.explain_surplus(rest));
}

}  // namespace

Wish check_words(const Command& command, const CLI::App& app,
                 const std::vector<std::string>& words) {
  return Walk(command, app, words).wish();
}

std::string usage_line(const Command& command, const CLI::App& app, const CLI::ParseError& error) {
  std::string message = error.what();
  switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::RequiredError: message = describe_missing(app); break;
    case CLI::ExitCodes::RequiresError:
    case CLI::ExitCodes::ExcludesError: message = describe_clash(app); break;
    case CLI::ExitCodes::ExtrasError: message = describe_surplus(command, app); break;
    default: break;
  }
  return fmt::format("{}; see qsample {} --help", message, command.name);
}

std::string misplaced_option(const std::vector<std::string>& words) {
  for (const auto& word : words) {
    const auto same = [&](const Command* command) { return word == command->name; };
    const auto all = commands();
    if (std::any_of(all.begin(), all.end(), same)) {
      return fmt::format("'{}' stands before the command; options follow it: qsample {} ...",
                         words.front(), word);
    }
  }
  const std::string& word = words.front();
  if (const auto owners = commands_with(word); !owners.empty() && word != "-v") {
    return fmt::format("'{}' is an option of {}, which comes first: qsample COMMAND {} ...", word,
                       owners, word);
  }
  const std::string meant =
      word == "-v" || word == "-V" ? "--version" : meant_option(word, {"--help", "--version"});
  return fmt::format("unexpected '{}'{}; see qsample --help", word,
                     meant.empty() ? "" : "; did you mean " + meant);
}

}  // namespace qsample::cli
