#include "pipeline/jobs/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "files/file.h"
#include "files/folder.h"
#include "image/image_io.h"
#include "pipeline/noise_image.h"
#include "pipeline/outputs/manifest.h"
#include "pipeline/record/resume.h"
#include "qsample/error.h"
#include "qsample/noise.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

std::string output_of(const BatchJob& job, const BatchInput& input) {
  const std::string extension = job.output.format.empty() ? "png" : job.output.format;
  fs::path name = input.relative;
  if (job.keep_ending) {
    name += "." + extension;
  } else {
    name.replace_extension(extension);
  }
  return (fs::path(job.folder) / name).string();
}

// The files of a batch, numbered: the images, their outputs, the manifest, the other inputs.
class Numbers {
 public:
  explicit Numbers(const BatchJob& job) : job_(job) {}

  [[nodiscard]] std::size_t output(std::size_t image) const { return job_.inputs.size() + image; }
  [[nodiscard]] std::size_t manifest() const { return 2 * job_.inputs.size(); }
  [[nodiscard]] std::size_t other(std::size_t i) const { return manifest() + 1 + i; }

  [[nodiscard]] std::string name(std::size_t number) const {
    if (number < output(0)) return job_.inputs[number].path;
    if (number < manifest()) return output_of(job_, image(number));
    return number == manifest() ? job_.manifest : job_.other_inputs[number - other(0)].path;
  }
  /// The image of an output.
  [[nodiscard]] const BatchInput& image(std::size_t output) const {
    return job_.inputs[output - job_.inputs.size()];
  }
  /// What an input is, for a person.
  [[nodiscard]] std::string part(std::size_t input) const {
    return input < manifest() ? name(input) : job_.other_inputs[input - other(0)].what;
  }

 private:
  const BatchJob& job_;
};

// How two inputs of one output can both be made.
std::string remedy(const BatchJob& job, const BatchInput& first, const BatchInput& second) {
  if (first.path == second.path) return "; it is named twice";
  if (first.relative == second.relative) {
    return "; `base` names the folder above both, below which outputs mirror the paths";
  }
  BatchJob keeping = job;
  keeping.inputs.clear();
  keeping.keep_ending = true;
  const auto name = base_name(output_of(keeping, first));
  return job.keep_ending ? "" : fmt::format("; `keep-ending` keeps them apart, as {}", name);
}

[[noreturn]] void refuse(const BatchJob& job, const Numbers& numbers,
                         const JobFiles::Clash& clash) {
  const std::string name = numbers.name(clash.output);
  const bool manifest = clash.output == numbers.manifest();
  if (clash.with_input) {
    refuse_input(name, numbers.part(clash.other),
                 manifest ? "choose another manifest" : "choose another folder");
  }
  const std::string other = numbers.name(clash.other);
  const BatchInput& first = numbers.image(clash.other);
  if (manifest) {
    throw InvalidArgument(
        fmt::format("{}: is the output of {}; choose another manifest", name, first.path));
  }
  const BatchInput& second = numbers.image(clash.output);
  if (name == other) {
    throw InvalidArgument(fmt::format("{}: two inputs would write it, {} and {}{}", name,
                                      first.path, second.path, remedy(job, first, second)));
  }
  throw InvalidArgument(
      fmt::format("{}: is the file {} too, which would be written twice, for {} and {}", name,
                  other, first.path, second.path));
}

// Throws if an output, the manifest among them, is an input or another output.
void check_files(const BatchJob& job, JobFiles& files) {
  const Numbers numbers(job);
  for (std::size_t i = 0; i < job.inputs.size(); ++i) {
    files.will_read(job.inputs[i].path, i);
    files.will_write(output_of(job, job.inputs[i]), numbers.output(i));
  }
  if (!job.manifest.empty()) files.will_write(job.manifest, numbers.manifest());
  for (std::size_t i = 0; i < job.other_inputs.size(); ++i) {
    files.will_read(job.other_inputs[i].path, numbers.other(i));
  }
  const auto clash = files.find_clash([&](std::size_t number) { return numbers.name(number); });
  if (clash) refuse(job, numbers, *clash);
}

// Throws unless the manifest is new, may be replaced, or is one that a first run has left.
void check_manifest(const BatchJob& job) {
  std::error_code unknown;
  if (job.output.overwrite || !fs::is_regular_file(job.manifest, unknown)) return;
  if (!job.output.resume) throw Error(job.manifest + ": exists already; `overwrite` replaces it");
  if (fs::file_size(job.manifest, unknown) > 0 && !is_manifest(job.manifest)) {
    throw Error(job.manifest + ": exists already and is not a manifest; `overwrite` replaces it");
  }
}

std::string exists_already(const std::string& output, std::ptrdiff_t others) {
  return output + ": exists already" +
         (others == 0   ? ""
          : others == 1 ? ", and so does another output"
                        : fmt::format(", and so do {} other outputs", others)) +
         "; `overwrite` replaces what exists, `resume` keeps what was made in this way";
}

// Outputs that exist already and may not be replaced: one is told, the others are counted.
class InTheWay {
 public:
  // Looks for them, and tells of them at once, where every output that exists is one.
  InTheWay(const BatchJob& job, const OnFailure& on_failure) : on_failure_(on_failure) {
    if (job.output.resume || job.output.overwrite) return;
    existing_.resize(job.inputs.size());
    for (std::size_t i = 0; i < existing_.size(); ++i) {
      std::error_code unknown;
      existing_[i] = fs::exists(output_of(job, job.inputs[i]), unknown);
    }
    const auto first = std::find(existing_.begin(), existing_.end(), true);
    if (first == existing_.end()) return;
    first_ = static_cast<std::size_t>(first - existing_.begin());
    const auto others = std::count(first + 1, existing_.end(), true);
    on_failure_(exists_already(output_of(job, job.inputs[first_]), others), false);
  }

  [[nodiscard]] bool is_known(std::size_t number) const {
    return !existing_.empty() && existing_[number];
  }

  // Tells of the output of one input.
  void add(std::size_t number, const std::string& message) {
    if (is_known(number)) {
      if (number != first_) on_failure_(message, true);
    } else {
      on_failure_(message, found_++ > 0);
    }
  }

  // Of those that were found on the way, all but the first.
  [[nodiscard]] std::size_t untold() const { return found_ < 2 ? 0 : found_ - 1; }

 private:
  const OnFailure& on_failure_;
  std::vector<bool> existing_;
  std::size_t first_ = 0;
  std::size_t found_ = 0;
};

Outcome noise_one(const BatchJob& job, const ForwardProcess& process, const BatchInput& input,
                  JobFiles& files, MemoryLease& lease, const RunOptions& run) {
  const std::string output = output_of(job, input);
  clear_folder(folder_of(output));
  if (input.path == "-") {
    throw Error("standard input: is no file; qsample noise takes it, and ./- is a file's name");
  }
  auto bytes = read_image_file(input.path, FileKinds::regular, job.reading, lease);
  const std::uint64_t seed = file_seed(input.relative, job.seed);
  const auto last = static_cast<std::uint32_t>(process.schedule.steps());
  const int t = job.t ? *job.t : static_cast<int>(uniform_from_seed(seed, last));
  const Source source = source_of(bytes, input.relative, job.reading);
  const auto record = record_of(process, seed, t, source, job.output);
  if (job.output.resume) {
    auto done = record_of_done(output, record, job.output, job.reading.decoding,
                               [&](std::size_t more) { lease.hold(bytes.size() + more); });
    if (done) return {Outcome::Status::kept, {}, std::move(*done)};
  }
  InputOptions reading = job.reading;
  reading.decoding.run = run;
  Image clean =
      decode_input(std::move(bytes), input.path, reading, lease, [&](const Footprint& image) {
        return noise_memory(process, image) + frame_memory(image, output, job.output);
      });
  const ImageNoise noise(process, seed, clean);
  const int depth = output_depth(clean.file_depth(), output, job.output);
  const Frame frame = noise_image(std::move(clean), noise.path(), t, depth,
                                  job.output.range.at(process.schedule, t), run);
  make_folder(folder_of(output));
  const bool written = write_frame(
      frame, output, job.output, rules_of(job.output, FileKinds::regular, files), record, {}, run);
  return {written ? Outcome::Status::written : Outcome::Status::kept,
          {},
          with_findings(record, findings_of(frame))};
}

// noise_one, where whatever goes wrong is an outcome.
Outcome outcome_of(const BatchJob& job, const ForwardProcess& process, const BatchInput& input,
                   JobFiles& files, const RunOptions& run) {
  try {
    throw_if(run.stop);
    MemoryLease lease(job.reading.memory.get());
    return with_memory(lease, run.stop,
                       [&] { return noise_one(job, process, input, files, lease, run); });
  } catch (const Interrupted&) {
    return {};
  } catch (const ExistsAlready& e) {
    return {.status = Outcome::Status::failed, .error = e.what(), .in_the_way = true};
  } catch (const Error& e) {
    return {Outcome::Status::failed, e.what()};
  } catch (const std::bad_alloc&) {
    return {Outcome::Status::failed, input.path + ": not enough memory"};
  } catch (const std::exception& e) {
    return {Outcome::Status::failed, input.path + ": " + e.what()};
  }
}

}  // namespace

BatchResult run_batch(const BatchJob& job, const ForwardProcess& process,
                      const OnFailure& on_failure, const RunOptions& run) {
  check_format(output_of(job, job.inputs.front()), job.output);
  JobFiles files;
  check_files(job, files);
  if (!job.manifest.empty()) check_manifest(job);
  make_folder(job.folder);
  std::optional<Manifest> manifest;
  // The first run of a batch that is resumed may have left a manifest that this one completes.
  if (!job.manifest.empty()) {
    OutputRules rules = rules_of(job.output, FileKinds::pipes_too, files);
    rules.overwrite = rules.overwrite || job.output.resume;
    manifest.emplace(job.manifest, rules);
  }
  const int images = static_cast<int>(std::min<std::size_t>(job.inputs.size(), 1 << 20));
  const RunOptions run_an_image{.workers = std::max(1, run.workers / std::max(1, images)),
                                .stop = run.stop};
  BatchResult result;
  Headway headway{"images", 0, job.inputs.size()};
  if (run.progress) run.progress(headway);
  InTheWay in_the_way(job, on_failure);
  std::mutex mutex;
  const int workers = workers_and_one_that_waits(run.workers);
  parallel_for(job.inputs.size(), workers, [&](std::size_t i) {
    const BatchInput& input = job.inputs[i];
    const Outcome outcome = in_the_way.is_known(i)
                                ? Outcome{.status = Outcome::Status::failed,
                                          .error = exists_already(output_of(job, input), 0),
                                          .in_the_way = true}
                                : outcome_of(job, process, input, files, run_an_image);
    const std::scoped_lock lock(mutex);
    if (manifest) {
      Outcome told = outcome;
      if (job.wording) told.error = job.wording(told.error);
      manifest->add(i, manifest_line(input.path, output_of(job, input), told));
    }
    switch (outcome.status) {
      case Outcome::Status::not_begun: result.interrupted = true; return;
      case Outcome::Status::written: ++result.written; break;
      case Outcome::Status::kept: ++result.kept; break;
      case Outcome::Status::failed:
        ++result.failed;
        if (outcome.in_the_way) {
          in_the_way.add(i, outcome.error);
        } else {
          on_failure(outcome.error, false);
        }
        break;
    }
    ++headway.done;
    headway.unmade = result.kept + result.failed;
    if (run.progress) run.progress(headway);
  });
  result.untold = in_the_way.untold();

  const auto save = [&](const auto& action) {
    try {
      action();
    } catch (const Error& e) {
      result.unsaved = true;
      on_failure(e.what(), false);
    }
  };
  save([] { sync_folders(); });
  if (manifest) {
    save([&] {
      manifest->commit();
      sync_folders();  // the outputs that it tells of are safe before it is
    });
  }
  return result;
}

}  // namespace qsample
