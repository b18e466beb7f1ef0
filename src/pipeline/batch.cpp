#include "pipeline/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/image_io.h"
#include "pipeline/manifest.h"
#include "pipeline/noise_image.h"
#include "qsample/error.h"
#include "qsample/noise.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

bool is_within(const fs::path& path, const std::string& folder) {
  if (folder.empty()) return false;
  std::error_code unknown;
  const auto relative =
      fs::weakly_canonical(path, unknown).lexically_relative(fs::weakly_canonical(folder, unknown));
  return !relative.empty() && *relative.begin() != "..";
}

// Adds the images of a folder, sorted by byte, those of each sub-folder in its place. What is not a
// regular file is passed over: a pipe that nobody writes would hold up the rest.
void add_folder(const BatchSelection& selection, const fs::path& folder, const std::string& prefix,
                SelectedImages& selected) {
  std::error_code error;
  std::map<std::string, bool> entries;  // name, is a folder
  fs::directory_iterator it(folder, error);
  while (error == std::errc::interrupted) it = fs::directory_iterator(folder, error);
  for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
    std::error_code unknown;
    const bool link = it->is_symlink(unknown);
    const bool is_folder = it->is_directory(unknown);
    const bool passed = is_folder ? link : !it->is_regular_file(unknown) && !unknown;
    if (!passed) entries[it->path().filename().string()] = is_folder;
  }
  if (error) {
    selected.failures.push_back(folder.string() + ": cannot list this folder: " + error.message());
  }
  for (const auto& [name, is_folder] : entries) {
    const fs::path path = folder / name;
    if (name.starts_with('.')) continue;
    if (is_folder) {
      if (selection.recursive && !is_within(path, selection.skip)) {
        add_folder(selection, path, prefix + name + "/", selected);
      }
    } else if (codec_for_extension(path.extension().string()) != nullptr) {
      selected.images.push_back({path.string(), prefix + name});
    }
  }
}

std::string relative_to_base(const std::string& path, const std::string& base) {
  if (base.empty()) return base_name(path);
  const auto relative =
      fs::path(path).lexically_normal().lexically_relative(fs::path(base + "/").lexically_normal());
  if (relative.empty() || *relative.begin() == "..") {
    throw InvalidArgument(path + ": is not below the folder " + base);
  }
  return relative.generic_string();
}

std::string output_of(const BatchJob& job, const BatchInput& input) {
  const std::string extension = job.output.format.empty() ? "png" : job.output.format;
  return (fs::path(job.folder) / fs::path(input.relative).replace_extension(extension)).string();
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

[[noreturn]] void refuse(const Numbers& numbers, const JobFiles::Clash& clash) {
  const std::string name = numbers.name(clash.output);
  const bool manifest = clash.output == numbers.manifest();
  if (clash.with_input) {
    refuse_input(name, numbers.part(clash.other),
                 manifest ? "choose another manifest" : "choose another folder");
  }
  const std::string other = numbers.name(clash.other);
  const std::string& first = numbers.image(clash.other).path;
  if (manifest) {
    throw InvalidArgument(
        fmt::format("{}: is the output of {}; choose another manifest", name, first));
  }
  const std::string& second = numbers.image(clash.output).path;
  if (name == other) {
    throw InvalidArgument(
        fmt::format("{}: two inputs would write it, {} and {}", name, first, second));
  }
  throw InvalidArgument(
      fmt::format("{}: is the file {} too, which would be written twice, for {} and {}", name,
                  other, first, second));
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
  if (clash) refuse(numbers, *clash);
}

// Throws unless the manifest is new, may be replaced, or is one that a first run has left.
void check_manifest(const BatchJob& job) {
  std::error_code unknown;
  if (job.output.overwrite || !fs::is_regular_file(job.manifest, unknown)) return;
  if (!job.output.resume) throw Error(job.manifest + ": exists already; --overwrite replaces it");
  if (fs::file_size(job.manifest, unknown) > 0 && !is_manifest(job.manifest)) {
    throw Error(job.manifest + ": exists already and is not a manifest; --overwrite replaces it");
  }
}

Outcome noise_one(const BatchJob& job, const Recipe& recipe, const BatchInput& input,
                  JobFiles& files, MemoryLease& lease, const RunOptions& run) {
  const std::string output = output_of(job, input);
  std::error_code unknown;
  clear_folder(folder_of(output));
  if (!job.output.resume && !job.output.overwrite && fs::exists(output, unknown)) {
    throw Error(output +
                ": exists already; --overwrite replaces it, --resume keeps it if it was made "
                "in this way");
  }
  auto bytes = read_image_file(input.path, FileKinds::regular, job.reading, lease);
  const std::uint64_t seed = file_seed(input.relative, job.seed);
  const auto last = static_cast<std::uint32_t>(recipe.schedule.steps());
  const int t = job.t ? *job.t : static_cast<int>(uniform_from_seed(seed, last));
  const Source source = source_of(bytes, input.relative, job.reading);
  const auto record = record_of(recipe, seed, t, source, job.output);
  if (job.output.resume) {
    auto done = record_of_done(output, record, job.output, job.reading.decoding.allow_damaged);
    if (done) return {Outcome::Status::kept, {}, std::move(*done)};
  }
  InputOptions reading = job.reading;
  reading.decoding.run = run;
  Image clean =
      decode_input(std::move(bytes), input.path, reading, lease, [&](const Footprint& image) {
        return noise_memory(recipe, image) + frame_memory(image, output, job.output);
      });
  const ImageNoise noise(recipe, seed, clean);
  const int depth = output_depth(clean.depth(), output, job.output);
  const Frame frame = noise_image(std::move(clean), noise.path(), t, depth,
                                  job.output.range.at(recipe.schedule, t), run);
  make_folder(folder_of(output));
  const bool written = write_frame(
      frame, output, job.output, rules_of(job.output, FileKinds::regular, files), record, {}, run);
  return {written ? Outcome::Status::written : Outcome::Status::kept,
          {},
          with_findings(record, findings_of(frame))};
}

// noise_one, where whatever goes wrong is an outcome.
Outcome outcome_of(const BatchJob& job, const Recipe& recipe, const BatchInput& input,
                   JobFiles& files, const RunOptions& run) {
  try {
    throw_if(run.stop);
    MemoryLease lease(job.reading.memory.get());
    return with_memory(lease, run.stop,
                       [&] { return noise_one(job, recipe, input, files, lease, run); });
  } catch (const Interrupted&) {
    return {};
  } catch (const Error& e) {
    return {Outcome::Status::failed, e.what()};
  } catch (const std::bad_alloc&) {
    return {Outcome::Status::failed, input.path + ": not enough memory"};
  } catch (const std::exception& e) {
    return {Outcome::Status::failed, input.path + ": " + e.what()};
  }
}

}  // namespace

SelectedImages select_images(BatchSelection selection) {
  SelectedImages selected;
  for (auto& input : selection.inputs) {
    std::error_code error;
    if (fs::is_directory(input, error)) {
      add_folder(selection, input, "", selected);
    } else {
      auto relative = relative_to_base(input, selection.base);
      selected.images.push_back({std::move(input), std::move(relative)});
    }
  }
  return selected;
}

std::uint64_t file_seed(const std::string& relative, std::uint64_t seed) {
  return hash_of(std::as_bytes(std::span(relative)), seed);
}

BatchResult run_batch(const BatchJob& job, const Recipe& recipe, const OnFailure& on_failure,
                      const RunOptions& run) {
  check_format(output_of(job, job.inputs.front()), job.output);
  JobFiles files;
  check_files(job, files);
  if (!job.manifest.empty()) check_manifest(job);
  make_folder(job.folder);
  std::optional<Manifest> manifest;
  // The first run of a batch that is resumed may have left a manifest that this one completes.
  if (!job.manifest.empty()) {
    manifest.emplace(job.manifest, rules_of(job.output, FileKinds::pipes_too, files));
  }
  const int images = static_cast<int>(std::min<std::size_t>(job.inputs.size(), 1 << 20));
  const RunOptions run_an_image{.workers = std::max(1, run.workers / std::max(1, images)),
                                .stop = run.stop};
  BatchResult result;
  Headway headway{"images", 0, job.inputs.size()};
  if (run.progress) run.progress(headway);
  std::mutex mutex;
  const int workers = workers_and_one_that_waits(run.workers);
  parallel_for(job.inputs.size(), workers, [&](std::size_t i) {
    const BatchInput& input = job.inputs[i];
    const Outcome outcome = outcome_of(job, recipe, input, files, run_an_image);
    const std::scoped_lock lock(mutex);
    if (manifest) manifest->add(i, manifest_line(input.path, output_of(job, input), outcome));
    switch (outcome.status) {
      case Outcome::Status::not_begun: result.interrupted = true; return;
      case Outcome::Status::written: ++result.written; break;
      case Outcome::Status::kept: ++result.kept; break;
      case Outcome::Status::failed:
        ++result.failed;
        on_failure(outcome.error);
        break;
    }
    ++headway.done;
    headway.unmade = result.kept + result.failed;
    if (run.progress) run.progress(headway);
  });

  const auto save = [&](const auto& action) {
    try {
      action();
    } catch (const Error& e) {
      result.unsaved = true;
      on_failure(e.what());
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
