// qsample info: how a file was made.

#include <limits>
#include <memory>
#include <string>

#include "cli/commands/commands.h"
#include "cli/commands/description.h"
#include "cli/options/shared_options.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "image/image_io.h"
#include "pipeline/input.h"
#include "pipeline/memory_budget.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

struct Options {
  std::string file;
  bool json = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample info cat_t0250.png\n"
    "  qsample info --json cat_t0250.png | jq .seed";

int run(const Options& options) {
  const std::string name = file_name(options.file);
  InputOptions reading;
  reading.decoding.max_pixels = std::numeric_limits<std::size_t>::max();
  reading.decoding.run.outputs = &outputs();
  MemoryBudget memory(std::nullopt);
  MemoryLease lease(&memory);
  const auto bytes = read_image_file(options.file, FileKinds::pipes_too, reading, lease);
  const auto record = record_in(bytes, name);
  if (!record) throw Error(name + ": carries no record of qsample");
  try {
    print(options.json ? json_description_of(*record) + "\n" : description_of(*record));
  } catch (const Error& e) {
    throw Error(name + ": " + e.what());
  }
  return 0;
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  command.add_option("FILE", options->file, "image made by qsample; - for standard input")
      ->type_name("")
      ->required();
  command.add_flag("--json", options->json,
                   "the record as it stands in the file, and the command under \"again\"");
  add_console_options(command, console);
  return [options] { return run(*options); };
}

}  // namespace

const Command kInfo = {"info", "Show how a file was made", add_options,
                       [](const auto&) -> std::string { return "only one file is taken"; }};

}  // namespace qsample::cli
