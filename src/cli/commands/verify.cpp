// qsample verify: makes files again and compares.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/parallel.h"
#include "cli/commands/commands.h"
#include "cli/commands/description.h"
#include "cli/commands/made_file.h"
#include "cli/commands/noise.h"
#include "cli/heap.h"
#include "cli/options/shared_options.h"
#include "cli/options/values.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "image/difference.h"
#include "image/image_io.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/memory_budget.h"
#include "pipeline/record/record.h"
#include "qsample/error.h"
#include "qsample/image_io.h"

namespace qsample::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> sources;
  bool json = false;
  int workers = default_workers();
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample verify cat_t0250.png           its source lies here, or beside it\n"
    "  qsample verify noisy/*.png --source photos\n"
    "  qsample verify noisy/*.png --source photos --json | jq -r .result";

struct Verdict {
  enum class Result { equal, different, unknown };
  Result result = Result::equal;
  std::string how = {};
};

constexpr const char* kResults[] = {"equal", "different", "unknown"};
constexpr const char* kInWords[] = {"equal", "different", "cannot be told"};

// Thrown where it can't be told whether a file is what its record says.
class Unknown : public Error {
  using Error::Error;
};

// The folders where what a file was made from may be.
std::vector<fs::path> folders_for(const Options& options, const std::string& file) {
  std::vector<fs::path> folders(options.sources.begin(), options.sources.end());
  if (folders.empty()) folders = {fs::path("."), fs::path(file).parent_path()};
  return folders;
}

// Bytes of an image that is read to be decoded, with the memory that it takes held.
std::vector<std::byte> read_held(const std::string& path, const InputOptions& reading,
                                 MemoryLease& lease) {
  InputOptions chosen = reading;
  chosen.decoding.max_pixels = std::numeric_limits<std::size_t>::max();
  return read_image_file(path, FileKinds::regular, chosen, lease);
}

// The file whose bytes are those of the source, which `made` is not.
fs::path find_source(const Source& source, const std::vector<fs::path>& folders,
                     const fs::path& made) {
  if (source.name == "stdin" && source.folder.empty()) {
    throw Unknown("its source came from standard input");
  }
  std::string other;
  for (const fs::path& folder : folders) {
    for (const fs::path& path : {folder / source.folder / source.name, folder / source.name}) {
      std::error_code missing;
      if (!fs::is_regular_file(path, missing) || fs::equivalent(path, made, missing)) continue;
      if (hash_of(read_file(path.string())) == source.hash) return path;
      if (other.empty()) other = path.lexically_normal().string();
    }
  }
  if (!other.empty()) throw Unknown(other + " is not the file that it was made from");
  const auto name = (fs::path(source.folder) / source.name).string();
  throw Unknown(
      fmt::format("{}, which it was made from, is not found; --source names the folder "
                  "that it lies below",
                  name));
}

// The schedule's file, where the record names one.
std::string find_schedule(const std::string& file, const std::vector<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    for (const fs::path& path : {folder / file, folder / fs::path(file).filename()}) {
      std::error_code missing;
      if (fs::is_regular_file(path, missing)) return path.string();
    }
  }
  throw Unknown(file + ", the schedule that it was made with, is not found");
}

bool has_table(const Record& record) {
  return record.spec.name == "betas" || record.spec.name == "table";
}

// What makes the file again, from what lies in the folders.
NoiseWork work_for(Record record, const Options& options, const std::string& file) {
  const auto folders = folders_for(options, file);
  if (record.film.is_film()) throw Unknown("it is a film");
  if (!record.saved.empty()) throw Unknown("it holds several tensors");
  const fs::path source = find_source(record.source, folders, file);
  record.source.name = source.filename().string();
  record.source.folder = source.parent_path().string();
  if (has_table(record)) record.schedule_file = find_schedule(record.schedule_file, folders);
  Console silent;
  silent.quiet = true;
  auto words = command_words(record);
  return noise_work({words.begin() + 2, words.end()}, silent);
}

Image decoded(Bytes bytes, const std::string& name) {
  DecodeOptions options;
  options.max_pixels = std::numeric_limits<std::size_t>::max();
  return decode_image(bytes, name, options);
}

// x_t as it is once it was written, and read again: a lossy format and a dtype round it.
Image written_and_read(const Image& xt, const OutputOptions& options) {
  const std::string extension = default_extension(options);
  const Codec& codec = *codec_for_extension(extension);
  if (!codec.lossy && codec.dtypes.empty()) return xt;
  std::vector<std::byte> bytes;
  encode_image(xt, {.extension = extension, .layout = options.layout, .dtype = options.dtype}, "it",
               [&](Bytes piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
  return decoded(bytes, "it");
}

Verdict compare(const std::string& file, const Options& options, const RunOptions& run) {
  const std::string text = required_record_of(file);
  const Record record = read_record(text);
  // Not even its own equal: seeds that were numbers.
  if (!same_making(text, text)) throw Unknown("an older version made it, otherwise than this one");
  NoiseWork work = work_for(record, options, file);
  if (has_table(record) && table_hash(work.process.spec) != record.table) {
    throw Unknown(work.process.schedule_file + " is not the schedule that it was made with");
  }
  MemoryBudget budget(std::nullopt);
  MemoryLease lease(&budget);
  const Image found = decoded(read_held(file, {}, lease), file);
  std::string how;
  NoiseJob& job = work.jobs.front();
  job.output.clear();
  job.show = [&](const Image& xt) {
    how = difference(found, written_and_read(xt, record.options));
  };
  noise_file(job, work.process, run);
  if (how.empty()) return {};
  return {Verdict::Result::different, how};
}

Verdict verdict_on(const std::string& file, const Options& options, const RunOptions& run) {
  const auto prefix = file_name(file) + ": ";
  try {
    return compare(file, options, run);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    const std::string what = e.what();
    return {Verdict::Result::unknown, what.starts_with(prefix) ? what.substr(prefix.size()) : what};
  } catch (const std::bad_alloc&) {
    return {Verdict::Result::unknown, "not enough memory"};
  }
}

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
  const std::size_t count = options.files.size();
  const int at_once = static_cast<int>(std::min<std::size_t>(count, 1 << 20));
  const int workers = std::max(1, options.workers / at_once);
  std::atomic<std::size_t> failed{0};
  std::atomic<std::size_t> done{0};
  ProgressDisplay display(console, true);
  parallel_in_order(
      count, options.workers,
      [&](std::size_t i) {
        auto verdict = verdict_on(options.files[i], options, run_options(workers, {}));
        verdict.how = console.with_options(verdict.how);
        display.set({"files", ++done, count});
        return verdict;
      },
      [&](std::size_t i, const Verdict& verdict) {
        if (verdict.result != Verdict::Result::equal) ++failed;
        if (console.quiet && !options.json && verdict.result == Verdict::Result::equal) return;
        print(line_of(options.files[i], verdict, options.json));
      });
  if (failed == 0) return 0;
  if (count > 1) console.error(fmt::format("{} of {} files are not shown equal", failed, count));
  return 1;
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  command.add_option("FILE", options->files, "images made by qsample")->type_name("")->required();
  command
      .add_option("--source", options->sources,
                  "folder that what they were made from lies below (default: the working folder, "
                  "then the file's own); may be given again")
      ->type_name("DIR")
      ->allow_extra_args(false);
  command.add_flag("--json", options->json,
                   "a line of JSON for each: file, result (equal, different, unknown), how");
  add_number<int>(command, "-j,--jobs", options->workers,
                  "files at work at once (default: the cores it may use)", 1)
      ->type_name("N");
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

}  // namespace

const Command kVerify = {"verify", "Make files again and compare", add_options};

}  // namespace qsample::cli
