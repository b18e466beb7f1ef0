// The program: parses the command line, runs one command, turns errors into a line and a status.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/console.h"
#include "cli/help.h"
#include "cli/stop.h"
#include "cli/usage.h"
#include "qsample/error.h"
#include "qsample/noise.h"

namespace qsample::cli {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

// A file that a program opens takes the lowest free number, and where one of 0, 1 and 2 is closed
// it would receive what is meant for there. So these are taken, by what fails as a closed one does.
void occupy_standard_files() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

// The words as CLI11 wants them: the last comes first. It takes "[a,b]" apart as a list; "./[a,b]"
// is the same file.
std::vector<std::string> for_parser(const std::vector<std::string>& words) {
  std::vector<std::string> turned(words.rbegin(), words.rend());
  for (std::string& word : turned) {
    if (word.starts_with('[') && word.ends_with(']')) word.insert(0, "./");
  }
  return turned;
}

Run printing(std::string text) {
  return [text = std::move(text)] {
    print(text);
    return kDone;
  };
}

// What is to be done for the words of a command.
Run parse(const Command& command, const std::vector<std::string>& words, Console& console) {
  // It lives as long as the work, which may ask which options were given.
  const auto app_of_work = std::make_shared<CLI::App>();
  CLI::App& app = *app_of_work;
  Run work = declare(command, app, console);
  for (const CLI::Option* option : app.get_options()) {
    console.parameters.insert(option->get_lnames().begin(), option->get_lnames().end());
  }
  if (const Wish wish = check_words(command, app, words); wish != Wish::run) {
    return printing(command_help(command, app, wish == Wish::whole_help));
  }
  try {
    app.parse(for_parser(words));
  } catch (const CLI::ParseError& e) {
    throw InvalidArgument(usage_line(command, app, e));
  }
  return [app_of_work, work = std::move(work)] { return work(); };
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

// What the command line asks for.
Run asked_for(const std::vector<std::string>& words, Console& console) {
  if (words.empty()) {
    throw InvalidArgument("no command; try qsample noise IMAGE -t 250, or see qsample --help");
  }
  const std::string& word = words.front();
  if (word == "--version") {
    return printing(fmt::format("qsample {} ({})\n", QSAMPLE_VERSION, simd_target()));
  }
  if (word == "-h" || word == "--help") return printing(program_help());
  if (word.starts_with('-')) throw InvalidArgument(misplaced_option(words));
  if (word != "help") return parse(find_command(word), {words.begin() + 1, words.end()}, console);
  const bool of_program = words.size() == 1 || words[1] == "help" || words[1].starts_with('-');
  if (of_program) return printing(program_help());
  if (words.size() > 2) throw InvalidArgument("help is of one command: qsample help COMMAND");
  return parse(find_command(words[1]), {"--help"}, console);
}

int main(int argc, char** argv) {
  occupy_standard_files();
  Console console;
  Run work;
  try {
    work = asked_for({argv + std::min(argc, 1), argv + argc}, console);
  } catch (const InvalidArgument& e) {
    console.error(e.what());
    return kWrongUsage;
  }
  catch_stop_signals(console);
  return run(work, console);
}

}  // namespace
}  // namespace qsample::cli

int main(int argc, char** argv) { return qsample::cli::main(argc, argv); }
