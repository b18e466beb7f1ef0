// qsample info: how a file was made.

#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "cli/commands/commands.h"
#include "cli/commands/description.h"
#include "cli/options/shared_options.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "image/image_io.h"
#include "pipeline/input.h"
#include "pipeline/memory_budget.h"
#include "pipeline/record/film_comment.h"
#include "pipeline/record/resume.h"
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

bool is_film(const std::string& file) {
  constexpr std::size_t kHead = 16;
  return file != "-" && is_regular_file(file) && is_film_file(read_head(file, kHead));
}

std::optional<std::string> record_of(const std::string& file) {
  if (is_film(file)) return record_of_film(file, stop_flag());
  InputOptions reading;
  reading.decoding.max_pixels = std::numeric_limits<std::size_t>::max();
  reading.decoding.run.outputs = &outputs();
  MemoryBudget memory(std::nullopt);
  MemoryLease lease(&memory);
  return record_in(read_image_file(file, FileKinds::pipes_too, reading, lease), file_name(file));
}

int run(const Options& options) {
  const std::string name = file_name(options.file);
  const auto record = record_of(options.file);
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
  command
      .add_option("FILE", options->file,
                  "image or film made by qsample; - for an image from standard input")
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
