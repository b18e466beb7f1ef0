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

// Adds the images of a folder, sorted by byte, those of each sub-folder in its place.
void add_folder(const BatchSelection& selection, const fs::path& folder, const std::string& prefix,
                std::vector<BatchInput>& images) {
  std::error_code error;
  std::map<std::string, bool> entries;  // name, is a folder
  fs::directory_iterator it(folder, error);
  while (error == std::errc::interrupted) it = fs::directory_iterator(folder, error);
  for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
    std::error_code unknown;
    const bool link = it->is_symlink(unknown);
    const bool is_folder = it->is_directory(unknown);
    if (!(link && is_folder)) entries[it->path().filename().string()] = is_folder;
  }
  if (error) throw Error(folder.string() + ": cannot list this folder: " + error.message());
  for (const auto& [name, is_folder] : entries) {
    const fs::path path = folder / name;
    if (name.starts_with('.')) continue;
    if (is_folder) {
      if (selection.recursive && !is_within(path, selection.skip)) {
        add_folder(selection, path, prefix + name + "/", images);
      }
    } else if (codec_for_extension(path.extension().string()) != nullptr) {
      images.push_back({path.string(), prefix + name});
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

std::string normal(const std::string& path) { return fs::path(path).lexically_normal().string(); }

// A number that stands for the manifest among those of the images.
std::size_t manifest_number(const BatchJob& job) { return job.inputs.size(); }

std::string output_of(const BatchJob& job, std::size_t number) {
  return number == manifest_number(job) ? job.manifest : output_of(job, job.inputs[number]);
}

// Throws if two images, or one and the manifest, would be written to one place. It compares hashes
// first: the names of a million outputs would take much more memory.
void check_places(const BatchJob& job) {
  std::vector<std::pair<std::uint64_t, std::size_t>> places;
  for (std::size_t i = 0; i < job.inputs.size() + (job.manifest.empty() ? 0 : 1); ++i) {
    const std::string place = normal(output_of(job, i));
    places.emplace_back(hash_of(std::as_bytes(std::span(place))), i);
  }
  std::sort(places.begin(), places.end());
  for (std::size_t i = 1; i < places.size(); ++i) {
    const auto [hash, first] = places[i - 1];
    const auto second = places[i].second;
    if (places[i].first != hash) continue;
    const std::string place = output_of(job, first);
    if (normal(place) != normal(output_of(job, second))) continue;
    if (second == manifest_number(job)) {
      throw InvalidArgument(fmt::format("{}: is the output of {}; choose another manifest",
                                        job.manifest, job.inputs[first].path));
    }
    throw InvalidArgument(fmt::format("{}: two inputs would write it, {} and {}", place,
                                      job.inputs[first].path, job.inputs[second].path));
  }
}

// Throws if an output that exists is an input, by whatever name.
void check_inputs_are_safe(const BatchJob& job) {
  std::map<std::pair<dev_t, ino_t>, std::size_t> existing;
  struct stat info {};
  for (std::size_t i = 0; i < job.inputs.size() + (job.manifest.empty() ? 0 : 1); ++i) {
    if (::stat(output_of(job, i).c_str(), &info) == 0) existing[{info.st_dev, info.st_ino}] = i;
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

Outcome noise_one(const BatchJob& job, const Recipe& recipe, const BatchInput& input, int workers,
                  Stop stop) {
  const std::string output = output_of(job, input);
  std::error_code unknown;
  if (!job.output.resume && !job.output.overwrite && fs::exists(output, unknown)) {
    throw Error(output + ": exists already; --overwrite replaces it, --resume keeps it");
  }
  auto bytes = read_file(input.path);
  const std::uint64_t seed = file_seed(input.relative, job.seed);
  const auto last = static_cast<std::uint32_t>(recipe.schedule.steps());
  const int t = job.t ? *job.t : static_cast<int>(uniform_from_seed(seed, last));
  const Source source = source_of(bytes, input.path, job.reading);
  const auto record = record_of(recipe, seed, t, source, job.output);
  if (job.output.resume) {
    auto done = record_of_done(output, record);
    if (done) return {Outcome::Status::kept, {}, std::move(*done)};
  }
  Image clean = decode_input(std::move(bytes), input.path, job.reading);
  const ImageNoise noise(recipe, seed, clean);
  const int depth = output_depth(clean, output, job.output);
  const Frame frame = noise_image(std::move(clean), noise.path(), t, depth,
                                  job.output.range.at(recipe.schedule, t), workers, stop);
  make_folder(fs::path(output).parent_path().string());
  const bool written = write_frame(frame, output, job.output, record);
  return {written ? Outcome::Status::written : Outcome::Status::kept,
          {},
          with_clipped(record, clipped_share(frame))};
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

std::vector<BatchInput> select_images(BatchSelection selection) {
  std::vector<BatchInput> images;
  for (auto& input : selection.inputs) {
    std::error_code error;
    if (fs::is_directory(input, error)) {
      add_folder(selection, input, "", images);
    } else {
      auto relative = relative_to_base(input, selection.base);
      images.push_back({std::move(input), std::move(relative)});
    }
  }
  return images;
}

std::uint64_t file_seed(const std::string& relative, std::uint64_t seed) {
  return hash_of(std::as_bytes(std::span(relative)), seed);
}

BatchResult run_batch(const BatchJob& job, const Recipe& recipe, const OnFailure& on_failure,
                      const Progress& progress, Stop stop) {
  check_places(job);
  check_inputs_are_safe(job);
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
  parallel_for(job.inputs.size(), job.workers, [&](std::size_t i) {
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
