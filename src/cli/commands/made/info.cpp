// qsample info: how files were made.

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/commands/commands.h"
#include "cli/commands/description.h"
#include "cli/commands/made/made_file.h"
#include "cli/options/shared_options.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "pipeline/jobs/shards/samples/made_members.h"
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
    "  qsample info --json noisy-0000.tar | jq .source    what a shard holds\n"
    "  qsample info --json noisy/*.png | jq -r '[.file, .t] | @tsv'";

std::string described(const std::string& record, const std::string& name, bool json) {
  try {
    return json ? json_description_of(record) + "\n" : description_of(record);
  } catch (const Error& e) {
    throw Error(file_name(name) + ": " + e.what());
  }
}

// Of one file its description; of several each with its name.
class Teller {
 public:
  explicit Teller(const Options& options) : json_(options.json) {}

  void tell(const std::string& name, const std::string& record) {
    const std::string text = described(record, name, json_);
    if (json_) {
      Json json = parse_json(text);
      put_name(json, "file", name);
      print(json_text(json) + "\n");
    } else {
      print(fmt::format("{}{}:\n{}", first_ ? "" : "\n", printable(name), text));
    }
    first_ = false;
  }

  // What qsample made in a shard. Throws Error where that is nothing.
  void tell_shard(const std::string& shard) {
    bool is_empty = true;
    try {
      MadeMembers members(shard, outputs().on_wait());
      while (const auto member = members.next()) {
        is_empty = false;
        if (member->target == nullptr) tell(shard + ":" + member->name, member->record);
      }
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& e) {
      const std::string what = e.what();
      throw Error(what.starts_with(shard) ? what : shard + ": " + what);
    }
    if (is_empty) throw Error(shard + ": carries no record of qsample");
  }

 private:
  bool json_;
  bool first_ = true;
};

int run(const Options& options, const Console& console) {
  const std::string& only = options.files.front();
  if (options.files.size() == 1 && !is_shard_file(only)) {
    print(described(required_record_of(only), only, options.json));
    return 0;
  }
  int status = 0;
  Teller teller(options);
  for (const std::string& file : options.files) {
    try {
      if (is_shard_file(file)) {
        teller.tell_shard(file);
      } else {
        teller.tell(file, required_record_of(file));
      }
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
      .add_option(
          "FILE", options->files,
          "images or films made by qsample, or shards of images (.tar); - for an image from "
          "standard input")
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
