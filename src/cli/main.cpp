// The program: parses the command line, runs one command, turns errors into a line and a status.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/stop.h"
#include "core/nearest_name.h"
#include "io/file.h"
#include "qsample/error.h"
#include "qsample/noise.h"

namespace qsample::cli {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

constexpr std::chrono::milliseconds kTellOfWait{1000};

constexpr const char* kDescription =
    "The forward (noising) process of diffusion models, applied to images:\n"
    "x_t = alpha_t x_0 + sigma_t eps, exact and reproducible to the byte.";

constexpr const char* kFooter =
    "Each command has --help with examples.\n"
    "Exit status: 0 all done; 1 something about a file failed; 2 wrong command line;\n"
    "130, 143 or 129: ended by SIGINT, SIGTERM or SIGHUP.";

// A file that a program opens takes the lowest free number, and where one of 0, 1 and 2 is closed
// it would receive what is meant for there. So these are taken, by what fails as a closed one does.
void occupy_standard_files() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

// CLI11 takes "[a,b]" apart as a list; "./[a,b]" is the same file.
std::vector<std::string> arguments(int argc, char** argv) {
  std::vector<std::string> words;
  for (int i = argc - 1; i > 0; --i) {  // the last comes first, as CLI11 wants them
    const std::string word = argv[i];
    const bool bracketed = word.starts_with('[') && word.ends_with(']');
    words.push_back(bracketed ? "./" + word : word);
  }
  return words;
}

std::string hint(std::string_view word, std::span<const std::string_view> known) {
  const auto near = nearest_name(word, known);
  return near.empty() ? std::string() : fmt::format("; did you mean {}", near);
}

void check_command(const CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty() || words.back().starts_with('-')) return;
  std::vector<std::string_view> known;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == words.back()) return;
    known.emplace_back(command->get_name());
  }
  throw InvalidArgument(fmt::format("unknown command '{}'; the commands are {}{}", words.back(),
                                    fmt::join(known, ", "), hint(words.back(), known)));
}

// An empty word is a variable of a script that was not set.
void check_empty(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    for (const auto& value : option->results()) {
      if (value.empty()) throw InvalidArgument(option->get_name() + " is empty");
    }
  }
}

// "unexpected '--sed'; did you mean --seed", if one of the words is an option that there is not.
std::string unknown_option(const CLI::App& command, const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto name_of = [](std::string_view word) { return word.substr(0, word.find('=')); };
  const auto is_unknown = [&](std::string_view word) {
    return word.starts_with("--") &&
           std::find(known.begin(), known.end(), name_of(word)) == known.end();
  };
  const auto unknown = std::find_if(words.rbegin(), words.rend(), is_unknown);
  if (unknown == words.rend()) return {};
  return fmt::format("unexpected '{}'{}", name_of(*unknown), hint(name_of(*unknown), known));
}

// One line for what CLI11 found wrong, naming the help to read.
std::string usage_line(const CLI::App& app, const std::vector<std::string>& words,
                       const CLI::ParseError& error) {
  std::string name = "qsample";
  const CLI::App* command = &app;
  for (const auto* sub : app.get_subcommands()) {
    name += " " + sub->get_name();
    command = sub;
  }
  std::string message = error.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    const auto unknown = unknown_option(*command, words);
    if (!unknown.empty()) message = unknown;
  }
  return fmt::format("{}; see {} --help", message, name);
}

int run(const Run& command, const Console& console) {
  try {
    return command();
  } catch (const InvalidArgument& e) {
    console.error(e.what());
    return kWrongUsage;
  } catch (const Error& e) {
    // A signal makes a waiting read or write fail: that is no news.
    if (stop_status() != 0) {
      say_last_words();
      return stop_status();
    }
    console.error(e.what());
  } catch (const std::bad_alloc&) {
    console.error("not enough memory");
  } catch (const std::exception& e) {
    console.error(e.what());
  }
  return kFailed;
}

int main(int argc, char** argv) {
  occupy_standard_files();
  Console console;
  CLI::App app(kDescription, "qsample");
  app.set_version_flag("--version", fmt::format("qsample {} ({})", QSAMPLE_VERSION, simd_target()));
  app.footer(kFooter);
  app.require_subcommand(1);
  const auto words = arguments(argc, argv);
  std::vector<std::pair<const CLI::App*, Run>> runs;
  for (const Command* command : {&kNoise, &kTrajectory, &kBatch, &kSchedule, &kInfo}) {
    CLI::App& subcommand = *app.add_subcommand(command->name, command->description);
    // Making the options of all would take a quarter of the time of a start.
    if (std::find(words.begin(), words.end(), command->name) == words.end()) continue;
    runs.emplace_back(&subcommand, command->add_options(subcommand, console));
  }
  try {
    check_command(app, words);
    app.parse(std::vector<std::string>(words));
    check_empty(*app.get_subcommands().front());
  } catch (const CLI::Success& e) {
    std::ostringstream text;  // of --help or --version
    app.exit(e, text, text);
    const Run print_text = [&] {
      print(text.str());
      return kDone;
    };
    return run(print_text, console);
  } catch (const CLI::ParseError& e) {
    console.error(usage_line(app, words, e));
    return kWrongUsage;
  } catch (const InvalidArgument& e) {
    console.error(e.what());
    return kWrongUsage;
  }
  catch_stop_signals(console);
  set_on_wait([&console](const std::string& who, std::chrono::milliseconds waited) {
    throw_if(stop_flag());
    if (waited == kTellOfWait && (console.verbose || console.draws())) {
      console.inform("waiting for " + who);
    }
  });
  for (const auto& [command, work] : runs) {
    if (command->parsed()) return run(work, console);
  }
  return kWrongUsage;
}

}  // namespace
}  // namespace qsample::cli

int main(int argc, char** argv) { return qsample::cli::main(argc, argv); }
