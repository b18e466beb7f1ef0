// qsample info: how files were made.

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/commands/commands.h"
#include "cli/commands/description.h"
#include "cli/commands/made_file.h"
#include "cli/options/shared_options.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  bool json = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample info cat_t0250.png\n"
    "  qsample info --json cat_t0250.png | jq .seed\n"
    "  qsample info --json noisy/*.png | jq -r '[.file, .t] | @tsv'";

std::string described(const std::string& file, bool json) {
  const std::string record = required_record_of(file);
  try {
    return json ? json_description_of(record) + "\n" : description_of(record);
  } catch (const Error& e) {
    throw Error(file_name(file) + ": " + e.what());
  }
}

// Of one file its description; of several each with its name.
int run(const Options& options, const Console& console) {
  if (options.files.size() == 1) {
    print(described(options.files.front(), options.json));
    return 0;
  }
  int status = 0;
  bool first = true;
  for (const std::string& file : options.files) {
    try {
      const std::string text = described(file, options.json);
      if (options.json) {
        Json json = parse_json(text);
        put_name(json, "file", file);
        print(json_text(json) + "\n");
      } else {
        print(fmt::format("{}{}:\n{}", first ? "" : "\n", printable(file), text));
      }
      first = false;
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& e) {
      if (stop_status() != 0) throw;
      console.error(e.what());
      status = 1;
    }
  }
  return status;
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  command
      .add_option("FILE", options->files,
                  "images or films made by qsample; - for an image from standard input")
      ->type_name("")
      ->required();
  command.add_flag("--json", options->json,
                   "the record as it stands in the file, and the command under \"again\"; "
                   "a line for each file, of several with its name under \"file\"");
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

}  // namespace

const Command kInfo = {"info", "Show how files were made", add_options};

}  // namespace qsample::cli
