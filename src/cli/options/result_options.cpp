#include "cli/options/result_options.h"

#include <fmt/format.h>

#include "base/json.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr const char* kStatusNames[] = {"planned", "written", "kept", "failed"};

std::string json_line(const Result& result, const Console& console) {
  Json json;
  if (!result.input.empty()) put_name(json, "input", result.input);
  put_name(json, "output", result.output);
  json["status"] = kStatusNames[static_cast<int>(result.status)];
  if (!result.error.empty()) json["error"] = console.with_options(result.error);
  if (!result.record.empty()) json.update(parse_json(result.record));
  return json_text(json) + "\n";
}

}  // namespace

void ResultOptions::add_to(CLI::App& command) {
  const std::string group = "Messages";
  command
      .add_flag(
          "--dry-run", dry_run_,
          "write nothing: print the outputs that there would be, one a line, after all checks "
          "that need no reading")
      ->group(group);
  auto* json = command
                   .add_flag("--json", json_,
                             "print a line of JSON for each output: input, output, status, and all "
                             "that its record says")
                   ->group(group);
  command
      .add_flag("--print0", print0_,
                "print the path of each output that is there, ended by a zero byte, as xargs -0 "
                "takes it")
      ->excludes(json)
      ->group(group);
}

void ResultOptions::check(const std::string& output) const {
  if (output != "-" || !(dry_run_ || json_ || print0_)) return;
  throw InvalidArgument(
      fmt::format("{} prints to standard output, which the output takes", json_     ? "--json"
                                                                          : print0_ ? "--print0"
                                                                                    : "--dry-run"));
}

void ResultOptions::apply_to(RunOptions& run, const Console& console) const {
  run.dry_run = dry_run_;
  if (!dry_run_ && !json_ && !print0_) return;
  run.on_result = [json = json_, zero = print0_, &console](const Result& result) {
    if (json) return print(json_line(result, console));
    if (result.status == Result::Status::failed) return;
    print(result.output + (zero ? '\0' : '\n'));
  };
}

}  // namespace qsample::cli
