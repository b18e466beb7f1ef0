// The program: parses the command line, runs one command, turns errors into a line and a status.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <new>
#include <string>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/stop.h"
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
    "130 interrupted.";

// One line for what CLI11 found wrong, naming the help to read.
std::string usage_line(const CLI::App& app, const CLI::ParseError& error) {
  std::string command = "qsample";
  for (const auto* sub : app.get_subcommands()) command += " " + sub->get_name();
  std::string message = error.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  return fmt::format("{}; see {} --help", message, command);
}

int run(const Run& command, const Console& console) {
  try {
    return command();
  } catch (const InvalidArgument& e) {
    console.error(e.what());
    return kWrongUsage;
  } catch (const Error& e) {
    // A signal makes a waiting read or write fail: that is no news.
    if (stop_status() != 0) return stop_status();
    console.error(e.what());
  } catch (const std::bad_alloc&) {
    console.error("not enough memory");
  } catch (const std::exception& e) {
    console.error(e.what());
  }
  return kFailed;
}

int main(int argc, char** argv) {
  Console console;
  CLI::App app(kDescription, "qsample");
  app.set_version_flag("--version", fmt::format("qsample {} ({})", QSAMPLE_VERSION, simd_target()));
  app.footer(kFooter);
  app.require_subcommand(1);
  const std::array commands = {add_noise(app, console), add_trajectory(app, console),
                               add_batch(app, console), add_schedule(app, console),
                               add_info(app, console)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    app.exit(e);  // --help, --version
    return kDone;
  } catch (const CLI::ParseError& e) {
    console.error(usage_line(app, e));
    return kWrongUsage;
  } catch (const InvalidArgument& e) {
    console.error(e.what());
    return kWrongUsage;
  }
  catch_stop_signals();
  set_on_wait([&console](const std::string& who, std::chrono::milliseconds waited) {
    throw_if(stop_flag());
    if (waited == kTellOfWait && (console.verbose || console.draws())) {
      console.inform("waiting for " + who);
    }
  });
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (subcommands[i]->parsed()) return run(commands[i], console);
  }
  return kWrongUsage;
}

}  // namespace
}  // namespace qsample::cli

int main(int argc, char** argv) { return qsample::cli::main(argc, argv); }
