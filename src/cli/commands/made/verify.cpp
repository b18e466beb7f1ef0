// qsample verify: makes files again and compares.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/parallel.h"
#include "cli/commands/commands.h"
#include "cli/commands/made/made_file.h"
#include "cli/commands/made/remake.h"
#include "cli/commands/made/sources.h"
#include "cli/heap.h"
#include "cli/options/shared_options.h"
#include "cli/options/values.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "pipeline/jobs/shards/samples/made_members.h"
#include "pipeline/record/record.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> sources;
  bool json = false;
  std::optional<int> jobs;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample verify cat_t0250.png           its source lies here, or beside it\n"
    "  qsample verify noisy/*.png --source photos\n"
    "  qsample verify noisy/*.png --source photos --json | jq -r .result\n"
    "  qsample verify noisy/*.tar --source shards      what lies in shards, by theirs";

struct Verdict {
  enum class Result { equal, different, unknown };
  Result result = Result::equal;
  std::string how = {};
};

constexpr const char* kResults[] = {"equal", "different", "unknown"};
constexpr const char* kInWords[] = {"equal", "different", "cannot be told"};

Verdict unknown_for(const std::string& why, const std::string& file) {
  const auto prefix = file_name(file) + ": ";
  return {Verdict::Result::unknown, why.starts_with(prefix) ? why.substr(prefix.size()) : why};
}

Verdict verdict_on(Made& made, Sources& sources, const RunOptions& run) {
  try {
    if (made.record.empty()) made.record = required_record_of(made.file);
    const std::string how = difference_of(made, sources, run);
    return {how.empty() ? Verdict::Result::equal : Verdict::Result::different, how};
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    return unknown_for(e.what(), made.file);
  } catch (const std::bad_alloc&) {
    return {Verdict::Result::unknown, "not enough memory"};
  }
}

// One thing to be told of.
struct Subject {
  Made made;
  std::optional<Verdict> verdict = {};  ///< where it is known already
};

// The files, and of shards what qsample made in them.
class Subjects {
 public:
  Subjects(const std::vector<std::string>& files, Sources& sources)
      : files_(files), sources_(sources) {}

  [[nodiscard]] std::optional<Subject> next() {
    throw_if(stop_flag());
    if (at_ == files_.size()) return std::nullopt;
    const std::string& file = files_[at_];
    Subject subject{.made = {.name = file, .file = file}};
    try {
      if (!is_shard_file(file)) {
        ++at_;
        // Read here only where the order matters.
        if (sources_.has_shards()) find(subject.made, required_record_of(file));
      } else if (!take_member(subject.made)) {
        return next();
      }
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& e) {
      subject.verdict = unknown_for(e.what(), file);
      if (is_shard_file(file) && !subject.made.member) close();
    }
    return subject;
  }

 private:
  // The next member; false where there is none.
  bool take_member(Made& made) {
    const std::string& file = files_[at_];
    if (!shard_) {
      is_empty_ = true;
      shard_ = std::make_unique<MadeMembers>(file, outputs().on_wait());
    }
    auto member = shard_->next();
    if (!member) {
      if (is_empty_) throw Error("carries no record of qsample");
      close();
      return false;
    }
    is_empty_ = false;
    made.name += ":" + member->name;
    made.member = std::move(member);
    find(made, made.member->record);
    return true;
  }

  void find(Made& made, std::string record) {
    made.record = std::move(record);
    if (sources_.has_shards()) {
      made.source = sources_.find(read_record(made.record).source, made.file);
    }
  }

  void close() {
    shard_.reset();
    ++at_;
  }

  const std::vector<std::string>& files_;
  Sources& sources_;
  std::size_t at_ = 0;
  std::unique_ptr<MadeMembers> shard_;
  bool is_empty_ = true;
};

std::string line_of(const std::string& file, const Verdict& verdict, bool json) {
  const auto number = static_cast<std::size_t>(verdict.result);
  if (!json) {
    return fmt::format("{}: {}{}{}\n", printable(file), kInWords[number],
                       verdict.how.empty() ? "" : ": ", printable(verdict.how));
  }
  Json line;
  put_name(line, "file", file);
  line["result"] = kResults[number];
  if (!verdict.how.empty()) line["how"] = verdict.how;
  return json_text(line) + "\n";
}

int run(const Options& options, const Console& console) {
  prepare_heap();
  const bool has_shards = std::any_of(options.files.begin(), options.files.end(), is_shard_file);
  const std::size_t known = has_shards ? 0 : options.files.size();
  const int jobs = jobs_or_default(options.jobs, console);
  const int at_once = known == 0 ? jobs : static_cast<int>(std::min<std::size_t>(known, 1 << 20));
  const int workers = std::max(1, jobs / at_once);
  Sources sources(options.sources);
  Subjects subjects(options.files, sources);
  std::size_t failed = 0;
  std::size_t done = 0;
  ProgressDisplay display(console, true);
  pull_in_order(
      jobs, [&] { return subjects.next(); },
      [&](Subject subject) {
        Made& made = subject.made;
        if (!subject.verdict) {
          subject.verdict = verdict_on(made, sources, run_options(workers, {}));
        }
        made.member.reset();
        made.source.reset();
        subject.verdict->how = console.with_options(subject.verdict->how);
        return subject;
      },
      [&](const Subject& subject) {
        const bool is_equal = subject.verdict->result == Verdict::Result::equal;
        if (!is_equal) ++failed;
        display.set({"files", ++done, known});
        if (console.quiet && !options.json && is_equal) return;
        print(line_of(subject.made.name, *subject.verdict, options.json));
      });
  if (failed == 0) return 0;
  if (done > 1) console.error(fmt::format("{} of {} files are not shown equal", failed, done));
  return 1;
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  command.add_option("FILE", options->files, "images made by qsample, or shards of them (.tar)")
      ->type_name("")
      ->required();
  command
      .add_option(
          "--source", options->sources,
          "folder that what they were made from lies below, in files or in shards, or a shard "
          "(default: the working folder, then the file's own); may be given again")
      ->type_name("DIR")
      ->allow_extra_args(false);
  command.add_flag("--json", options->json,
                   "a line of JSON for each: file, result (equal, different, unknown), how");
  add_jobs_option(command, options->jobs, "files at work at once");
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

}  // namespace

const Command kVerify = {"verify", "Make files again and compare", add_options};

}  // namespace qsample::cli
