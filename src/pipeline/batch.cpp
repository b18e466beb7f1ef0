#include "pipeline/batch.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "io/file.h"
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

// Adds the images of a folder, sorted by byte, those of each sub-folder in its place. What is no
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

// Names of files such that one file has one name, whatever links lead to its folder. Folders are
// few, and asked for once.
class Places {
 public:
  std::string of(const std::string& path) {
    const fs::path whole(path);
    const std::string folder = whole.parent_path().string();
    const auto [known, is_new] = folders_.try_emplace(folder);
    if (is_new) {
      std::error_code unknown;
      known->second =
          fs::weakly_canonical(fs::absolute(whole, unknown).parent_path(), unknown).string();
    }
    return known->second + "/" + whole.filename().string();
  }

 private:
  std::map<std::string, std::string> folders_;
};

// A number that stands for the manifest among those of the images.
std::size_t manifest_number(const BatchJob& job) { return job.inputs.size(); }

std::string output_of(const BatchJob& job, std::size_t number) {
  return number == manifest_number(job) ? job.manifest : output_of(job, job.inputs[number]);
}

// Throws if two images, or one and the manifest, would be written to one place. It compares hashes
// first: the names of a million outputs would take much more memory.
void check_places(const BatchJob& job) {
  Places names;
  std::vector<std::pair<std::uint64_t, std::size_t>> places;
  for (std::size_t i = 0; i < job.inputs.size() + (job.manifest.empty() ? 0 : 1); ++i) {
    const std::string place = names.of(output_of(job, i));
    places.emplace_back(hash_of(std::as_bytes(std::span(place))), i);
  }
  std::sort(places.begin(), places.end());
  for (std::size_t i = 1; i < places.size(); ++i) {
    const auto [hash, first] = places[i - 1];
    const auto second = places[i].second;
    if (places[i].first != hash) continue;
    const std::string place = output_of(job, first);
    if (names.of(place) != names.of(output_of(job, second))) continue;
    if (second == manifest_number(job)) {
      throw InvalidArgument(fmt::format("{}: is the output of {}; choose another manifest",
                                        job.manifest, job.inputs[first].path));
    }
    throw InvalidArgument(fmt::format("{}: two inputs would write it, {} and {}", place,
                                      job.inputs[first].path, job.inputs[second].path));
  }
}

// Throws if an output that exists is an input or another output, by whatever name.
void check_inputs_are_safe(const BatchJob& job) {
  std::map<std::pair<dev_t, ino_t>, std::size_t> existing;
  struct stat info {};
  for (std::size_t i = 0; i < job.inputs.size() + (job.manifest.empty() ? 0 : 1); ++i) {
    if (::stat(output_of(job, i).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    const auto [other, is_new] = existing.try_emplace({info.st_dev, info.st_ino}, i);
    // Links share one target; names of a hard link each get a file of their own.
    const auto is_link = [&](std::size_t number) {
      std::error_code unknown;
      return fs::is_symlink(output_of(job, number), unknown);
    };
    if (!is_new && (is_link(i) || is_link(other->second))) {
      throw InvalidArgument(output_of(job, i) + ": is the file " + output_of(job, other->second) +
                            " too, which would be written twice");
    }
  }
  if (existing.empty()) return;
  for (const auto& input : job.inputs) {
    if (::stat(input.path.c_str(), &info) != 0) continue;
    const auto output = existing.find({info.st_dev, info.st_ino});
    if (output == existing.end()) continue;
    const bool manifest = output->second == manifest_number(job);
    throw InvalidArgument(output_of(job, output->second) + ": is the input " + input.path +
                          "; choose another " + (manifest ? "manifest" : "folder"));
  }
}

// Throws unless the manifest is new, may be replaced, or is one that a first run has left.
void check_manifest(const BatchJob& job) {
  std::error_code unknown;
  if (job.output.overwrite || !fs::is_regular_file(job.manifest, unknown)) return;
  if (!job.output.resume) throw Error(job.manifest + ": exists already; --overwrite replaces it");
  if (fs::file_size(job.manifest, unknown) > 0 && !is_manifest(job.manifest)) {
    throw Error(job.manifest + ": exists already and is no manifest; --overwrite replaces it");
  }
}

Outcome noise_one(const BatchJob& job, const Recipe& recipe, const BatchInput& input, int workers,
                  Stop stop) {
  const std::string output = output_of(job, input);
  std::error_code unknown;
  if (!job.output.resume && !job.output.overwrite && fs::exists(output, unknown)) {
    throw Error(output +
                ": exists already; --overwrite replaces it, --resume keeps it if it was made "
                "in this way");
  }
  auto bytes = read_file(input.path, check_is_image);
  const std::uint64_t seed = file_seed(input.relative, job.seed);
  const auto last = static_cast<std::uint32_t>(recipe.schedule.steps());
  const int t = job.t ? *job.t : static_cast<int>(uniform_from_seed(seed, last));
  const Source source = source_of(bytes, input.path, job.reading);
  const auto record = record_of(recipe, seed, t, source, job.output);
  if (job.output.resume) {
    auto done = record_of_done(output, record, job.output, job.reading.decoding.allow_damaged);
    if (done) return {Outcome::Status::kept, {}, std::move(*done)};
  }
  Image clean = decode_input(std::move(bytes), input.path, job.reading);
  const ImageNoise noise(recipe, seed, clean);
  const int depth = output_depth(clean, output, job.output);
  const Frame frame = noise_image(std::move(clean), noise.path(), t, depth,
                                  job.output.range.at(recipe.schedule, t), workers, stop);
  make_folder(fs::path(output).parent_path().string());
  const bool written = write_frame(frame, output, job.output, record, {}, stop);
  return {written ? Outcome::Status::written : Outcome::Status::kept,
          {},
          with_findings(record, findings_of(frame))};
}

// noise_one, where whatever goes wrong is an outcome.
Outcome outcome_of(const BatchJob& job, const Recipe& recipe, const BatchInput& input, int workers,
                   Stop stop) {
  try {
    throw_if(stop);
    return noise_one(job, recipe, input, workers, stop);
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
                      const Progress& progress, Stop stop) {
  check_format(output_of(job, job.inputs.front()), job.output);
  check_places(job);
  check_inputs_are_safe(job);
  if (!job.manifest.empty()) check_manifest(job);
  make_folder(job.folder);
  std::optional<Manifest> manifest;
  // The first run of a batch that is resumed may have left a manifest that this one completes.
  if (!job.manifest.empty()) {
    manifest.emplace(job.manifest, job.output.overwrite || job.output.resume);
  }
  const int images = static_cast<int>(std::min<std::size_t>(job.inputs.size(), 1 << 20));
  const int workers_an_image = std::max(1, job.workers / std::max(1, images));
  BatchResult result;
  std::size_t done = 0;
  std::mutex mutex;
  const int workers = workers_and_one_that_waits(job.workers);
  parallel_for(job.inputs.size(), workers, [&](std::size_t i) {
    const BatchInput& input = job.inputs[i];
    const Outcome outcome = outcome_of(job, recipe, input, workers_an_image, stop);
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
    if (progress) progress(++done, job.inputs.size());
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
