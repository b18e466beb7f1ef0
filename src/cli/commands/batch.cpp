// qsample batch: every image of folders or a list.

#include "qsample/jobs/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/heap.h"
#include "cli/options/batch/shard_options.h"
#include "cli/options/noise/noise_options.h"
#include "cli/options/noise/saved_options.h"
#include "cli/options/places.h"
#include "cli/options/result_options.h"
#include "cli/options/schedule_options.h"
#include "cli/options/shared_options.h"
#include "cli/options/timesteps/timestep_options.h"
#include "cli/options/values.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "pipeline/destination.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

struct Options {
  BatchSelection selection;
  std::string files_from;
  std::string share;
  bool null_separated = false;
  TimestepOptions timestep{TimestepOptions::Taken::several};
  SavedOptions saved;
  BatchJob job;
  std::optional<int> jobs;
  NoiseOptions noise;
  ScheduleOptions schedule;
  ShardOptions shards;
  ResultOptions results;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample batch photos -o noisy -t 250             every image of a folder\n"
    "  qsample batch -r photos -o noisy -t random --manifest noisy.jsonl\n"
    "  qsample batch *.jpg -o noisy -t 500 -j 4\n"
    "  find photos -name '*.png' -print0 |\n"
    "    qsample batch --files-from - -0 --base photos -o noisy -t 100 --resume\n"
    "  qsample batch -r photos -o noisy-%06d.tar -t random --shard-count 10000\n"
    "  qsample batch shards/*.tar -o noisy -t random    WebDataset's shards";

void add_list(const std::string& path, char separator, std::vector<std::string>& paths) {
  const std::string text = read_text_file(path, outputs().on_wait());
  if (separator == '\n' && text.find('\0') != std::string::npos) {
    throw InvalidArgument(file_name(path) +
                          ": holds zero bytes; give -0 if its names end with them");
  }
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    if (end > at) paths.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

// What became of the images by now.
struct Counts {
  std::atomic<std::size_t> written{0};
  std::atomic<std::size_t> kept{0};
  std::atomic<std::size_t> failed{0};
};

std::string summary(std::size_t written, std::size_t images, std::size_t kept, std::size_t failed) {
  return fmt::format("{} of {} images written{}{}", written, images,
                     kept > 0 ? fmt::format(", {} kept", kept) : "",
                     failed > 0 ? fmt::format(", {} failed", failed) : "");
}

std::string summary_of_shards(std::size_t written, std::size_t kept, std::size_t failed) {
  return fmt::format("{} sample{} written{}{}", written, written == 1 ? "" : "s",
                     kept > 0 ? fmt::format(", {} kept", kept) : "",
                     failed > 0 ? fmt::format(", {} failed", failed) : "");
}

// What folders hold besides images: named if verbose, counted otherwise.
class PassedOverTally {
 public:
  explicit PassedOverTally(const Console& console) : console_(console) {}

  void add(const PassedOver& item) {
    console_.note(fmt::format("{}: passed over ({})", item.path, item.kind));
    if (!item.expected) ++counts_[item.kind];
  }

  // One line, unless quiet, where there is what may have been meant.
  void tell() const {
    std::vector<std::string> parts;
    for (const auto& [kind, count] : counts_) {
      parts.push_back(fmt::format("{} {}{}", count, kind, count == 1 ? "" : "s"));
    }
    if (parts.empty()) return;
    console_.warn(fmt::format("passed over: {}{}", fmt::join(parts, ", "),
                              console_.verbose ? "" : "; -v names them"));
  }

 private:
  const Console& console_;
  std::map<std::string, std::size_t> counts_;
};

// "2/4": the second of four.
BatchShare parse_share(const std::string& text) {
  const auto slash = std::min(text.find('/'), text.size());
  constexpr std::uint64_t kMost = 1'000'000'000;
  const auto refuse = [&](const std::string& why) {
    throw InvalidArgument(fmt::format("--shard {}: {}", text, why));
  };
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.size() < 10 &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::string which = text.substr(0, slash);
  const std::string of = slash == text.size() ? "" : text.substr(slash + 1);
  if (!is_number(which) || !is_number(of)) refuse("it is I/N, such as 1/4 for the first of four");
  const BatchShare share{parse_number<std::uint64_t>(which, "--shard", 0, kMost),
                         parse_number<std::uint64_t>(of, "--shard", 0, kMost)};
  if (share.which == 0) {
    refuse(fmt::format("it counts from 1: 1/{} to {}/{}", share.of, share.of, share.of));
  }
  if (share.which > share.of) refuse(fmt::format("there are {}", share.of));
  return share;
}

// The images, having told what is not among them.
SelectedImages select(BatchSelection selection, const Console& console) {
  PassedOverTally passed(console);
  auto selected =
      select_images(std::move(selection), [&](const PassedOver& item) { passed.add(item); });
  for (const auto& failure : selected.failures) console.error(failure);
  passed.tell();
  for (const auto& pattern : selected.unmatched) {
    console.warn(console.with_options(pattern + ": matches nothing"));
  }
  if (selected.images.empty() && selected.failures.empty() && selected.of_others == 0) {
    if (selected.left_out > 0) throw Error("--include and --exclude leave no image");
    const bool folders = selected.not_entered > 0;
    throw Error(fmt::format("{}: holds no image{}", selected.empty.front(),
                            !folders                    ? ""
                            : selected.not_entered == 1 ? "; -r looks into its sub-folder too"
                                                        : "; -r looks into its sub-folders too"));
  }
  for (const auto& folder : selected.empty) console.warn(folder + ": holds no image");
  return selected;
}

int run(const Options& options, const Console& console) {
  prepare_heap();
  BatchJob job = options.job;
  const bool writes_shards = ShardOptions::are_written(job.output);
  if (!writes_shards) check_is_folder(job.output, "images");
  ForwardProcess process = options.noise.process(options.schedule, console);
  job.timesteps = options.timestep.choice(process.spec, process.schedule, console);
  job.sigma_data = options.saved.sigma_data();
  job.seed = options.noise.seed;
  job.wording = [&](const std::string& error) { return console.with_options(error); };
  check_folder_format(writes_shards ? "" : job.output, job.options, console);

  BatchSelection selection = options.selection;
  if (!writes_shards) selection.skip = job.output;
  if (!options.files_from.empty()) {
    job.other_inputs.push_back({options.files_from, "the list of inputs"});
    add_list(options.files_from, options.null_separated ? '\0' : '\n', selection.inputs);
  }
  if (selection.inputs.empty())
    throw InvalidArgument("no input; name images, folders or --files-from");
  const bool reads_shards = ShardOptions::are_read(selection);
  const bool has_shards = reads_shards || writes_shards;
  if (!options.share.empty()) {
    selection.share = parse_share(options.share);
    if (has_shards) {
      throw InvalidArgument("--shard parts files; of WebDataset's shards name a part of them");
    }
    if (job.timesteps.random.stratified) {
      throw InvalidArgument(
          "--stratified spreads over the whole set, of which --shard takes a part");
    }
  }
  job.saved = has_shards ? options.saved.saved_in_shards(job.options) : options.saved.saved();
  options.results.check(job.output);
  if (has_shards && options.results.is_dry_run()) {
    throw InvalidArgument(
        "--dry-run is of files: what goes into which shard is known once it is made");
  }
  ShardJob shards;
  if (has_shards) {
    shards = options.shards.job(job, selection);
  } else {
    options.shards.check_unused();
  }
  SelectedImages selected;
  if (!reads_shards) {
    selected = select(std::move(selection), console);
    job.inputs = std::move(selected.images);
    if (job.inputs.empty() && selected.failures.empty()) {
      console.note(fmt::format("--shard {}: none of {} images", options.share, selected.of_others));
      return 0;
    }
    if (job.inputs.empty()) return 1;
    if (has_shards) shards.images.inputs = std::move(job.inputs);
  }
  options.schedule.add_input(has_shards ? shards.images.other_inputs : job.other_inputs);

  warn_if_image_is_left(process, console);
  const auto counts = std::make_shared<Counts>();
  const std::size_t units =
      job.inputs.size() * std::max<std::size_t>(1, job.timesteps.ts.size()) * job.timesteps.draws;
  const auto said_of = [has_shards, units](std::size_t written, std::size_t kept,
                                           std::size_t failed) {
    return has_shards ? summary_of_shards(written, kept, failed)
                      : summary(written, units, kept, failed);
  };
  set_last_words([counts, said_of] {
    return said_of(counts->written, counts->kept, counts->failed) +
           " before the interruption; --resume goes on from there";
  });
  const int workers = jobs_or_default(options.jobs, console);
  ProgressDisplay display(console, true);
  const auto on_failure = [&](const std::string& message, bool repeated) {
    ++counts->failed;
    if (repeated && !console.verbose) return;
    console.error(message);
  };
  auto how = run_options(workers, [&](const Headway& headway) {
    // One that exists already is told before its turn comes.
    counts->kept = headway.unmade - std::min<std::size_t>(counts->failed, headway.unmade);
    counts->written = headway.done - headway.unmade;
    display.set(headway);
  });
  options.results.apply_to(how, console);
  const auto result = has_shards ? run_shards(shards, process, on_failure, how)
                                 : run_batch(job, process, on_failure, how);
  if (result.untold > 0) {
    console.error(
        fmt::format("{} more outputs exist already and are not qsample's; --overwrite "
                    "replaces them, -v names them",
                    result.untold));
  }
  if (result.interrupted) throw Interrupted();
  if (how.dry_run) return result.failed > 0 || !selected.failures.empty() ? 1 : 0;
  const auto said = said_of(result.written, result.kept, result.failed);
  if (result.failed > 0 || result.unsaved || !selected.failures.empty()) {
    console.error(said);
    return 1;
  }
  console.note(said);
  return 0;
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  command
      .add_option(
          "INPUT", options->selection.inputs,
          "images and folders of images; or shards of WebDataset (.tar, .tar.gz, ...), - for one "
          "on standard input")
      ->type_name("");
  command
      .add_option("-o,--output", options->job.output,
                  "folder for the outputs, made if missing; or shards: noisy-%06d.tar, numbered, "
                  "noisy.tar, and of shards - for standard output")
      ->type_name("DIR")
      ->required();
  options->timestep.add_to(
      command,
      "timestep; several, such as 100,250,500 or 0-1000:50; or 'random': drawn "
      "from 1..T for each file by its seed");
  options->timestep.add_places_to(command);
  options->timestep.add_several_to(command);
  options->timestep.add_stratified_to(command);
  add_name_option(command, options->job.name,
                  "{stem}: the path below the input folder without its ending");
  options->saved.add_to(command,
                        "into the .safetensors of x_t, and in shards a member, cat.eps.npy");
  command.add_flag("-r,--recursive", options->selection.recursive,
                   "also the images of sub-folders");
  auto* list = command
                   .add_option("--files-from", options->files_from,
                               "list of inputs, one a line; - for standard input")
                   ->type_name("FILE");
  command.add_flag("-0,--null", options->null_separated, "the list's names end with a zero byte")
      ->needs(list);
  command
      .add_option("--base", options->selection.base,
                  "folder that the inputs lie below: outputs mirror the path from there")
      ->type_name("DIR");
  const std::string manner =
      ", as in .gitignore, below the input folder: '*.jpg' anywhere, 'a/*.jpg' in a, 'raw/' "
      "a whole folder, '**' across folders; may be given again";
  command.add_option("--include", options->selection.include, "take only what matches" + manner)
      ->type_name("GLOB")
      ->allow_extra_args(false);
  command.add_option("--exclude", options->selection.exclude, "leave out what matches, likewise")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  command
      .add_option("--shard", options->share,
                  "only the I-th of N parts, as a cluster's tasks share the images: by the hash of "
                  "each path, so that files added later move none")
      ->type_name("I/N");
  add_jobs_option(command, options->jobs,
                  "files at work at once, besides a few that wait for the disk");
  command.add_flag(
      "--keep-ending", options->job.keep_ending,
      "keep the input's ending in the output's name: cat.jpg gives cat.jpg.png, beside "
      "cat.png.png of cat.png");
  options->shards.add_to(command);
  command.add_flag("--resume", options->job.options.resume,
                   "keep outputs made from the same input in the same way, make the others");
  command
      .add_option("--manifest", options->job.manifest,
                  "write a line of JSON for each image; named metadata.jsonl and in the output "
                  "folder, Hugging Face's imagefolder reads it")
      ->type_name("FILE");
  add_input_options(command, options->job.reading, console);
  options->noise.add_to(command);
  options->noise.add_drawing(command);
  options->noise.add_additions(command);
  options->schedule.add_to(command);
  add_output_options(command, options->job.options);
  add_view_options(command, options->job.options.view);
  options->results.add_to(command);
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

}  // namespace

const Command kBatch = {"batch", "Noise every image of folders or a list", add_options};

}  // namespace qsample::cli
