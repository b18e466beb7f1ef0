#include "pipeline/batch.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "io/file.h"
#include "io/image_io.h"
#include "pipeline/noise_image.h"
#include "qsample/error.h"
#include "qsample/noise.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

enum class Status { not_begun, written, kept, failed };

constexpr const char* kStatusNames[] = {"not begun", "written", "kept", "failed"};

struct Outcome {
  Status status = Status::not_begun;
  std::string error;
  std::string record;
};

bool is_within(const fs::path& path, const std::string& folder) {
  if (folder.empty()) return false;
  const auto relative = fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(folder));
  return !relative.empty() && *relative.begin() != "..";
}

// Adds the images of a folder, sorted by byte, those of each sub-folder in its place.
void add_folder(const BatchSelection& selection, const fs::path& folder, const std::string& prefix,
                std::vector<BatchInput>& images) {
  std::error_code error;
  std::map<std::string, bool> entries;  // name, is a folder
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const bool link = it->is_symlink();
    const bool is_folder = it->is_directory();
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

std::vector<std::string> plan_outputs(const BatchJob& job) {
  const std::string extension = job.output.format.empty() ? "png" : job.output.format;
  std::vector<std::string> outputs;
  std::unordered_map<std::string, const std::string*> writers;
  std::map<std::pair<dev_t, ino_t>, const std::string*> inputs;
  struct stat info {};
  for (const auto& input : job.inputs) {
    const fs::path output =
        fs::path(job.folder) / fs::path(input.relative).replace_extension(extension);
    outputs.push_back(output.string());
    const auto [other, is_new] = writers.emplace(outputs.back(), &input.path);
    if (!is_new) {
      throw InvalidArgument(fmt::format("{}: two inputs would write it, {} and {}", outputs.back(),
                                        *other->second, input.path));
    }
    if (::stat(input.path.c_str(), &info) == 0) inputs[{info.st_dev, info.st_ino}] = &input.path;
  }
  for (const auto& output : outputs) {
    if (::stat(output.c_str(), &info) != 0) continue;
    const auto input = inputs.find({info.st_dev, info.st_ino});
    if (input != inputs.end()) {
      throw InvalidArgument(output + ": is the input " + *input->second +
                            "; choose another folder");
    }
  }
  return outputs;
}

std::string manifest_line(const BatchInput& input, const std::string& output,
                          const Outcome& outcome) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["input"] = input.path;
  json["output"] = output;
  json["status"] = kStatusNames[static_cast<int>(outcome.status)];
  if (!outcome.error.empty()) json["error"] = outcome.error;
  if (!outcome.record.empty()) json.update(Json::parse(outcome.record));
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

void write_manifest(const BatchJob& job, const std::vector<std::string>& outputs,
                    const std::vector<Outcome>& outcomes) {
  std::string text;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    text += manifest_line(job.inputs[i], outputs[i], outcomes[i]);
  }
  // The first run of a batch that is resumed has left a manifest that this one completes.
  write_file(job.manifest, std::as_bytes(std::span(text)), job.output.overwrite || job.resume);
}

// True if `output` exists and was made from the same input in the same way. An output that can't
// carry a record counts as done when it is there.
bool is_done(const std::string& output, const OutputOptions& options, const std::string& record) {
  if (!fs::exists(output)) return false;
  if (!options.metadata || output_codec(output, options).record == nullptr) return true;
  try {
    const auto bytes = read_file(output);
    (void)decode_image(bytes, output);  // a record alone does not say that the rest is there
    return without_clipped(record_in(bytes, output).value_or("")) == record;
  } catch (const Error&) {
    return false;
  }
}

Outcome noise_one(const BatchJob& job, const Recipe& recipe, const BatchInput& input,
                  const std::string& output, int workers, Stop stop) {
  if (!job.resume && !job.output.overwrite && fs::exists(output)) {
    throw Error(output + ": exists already; --overwrite replaces it, --resume keeps it");
  }
  const auto bytes = read_file(input.path);
  const std::uint64_t seed = file_seed(input.relative, job.seed);
  const auto last = static_cast<std::uint32_t>(recipe.schedule.steps());
  const int t = job.t ? *job.t : static_cast<int>(uniform_from_seed(seed, last));
  const Source source{base_name(input.path), hash_of(bytes), job.input_range};
  const auto record = record_of(recipe, seed, t, source, job.output);
  if (job.resume && is_done(output, job.output, record)) return {Status::kept, {}, record};

  const Input decoded = decode_input(bytes, input.path, job.input_range);
  const ImageNoise noise(recipe, seed, decoded.image);
  const Frame frame =
      noise_image(decoded.image, noise.path(), t, output_depth(decoded.image, output, job.output),
                  job.output.range.at(recipe.schedule, t), workers, stop);
  std::error_code error;
  fs::create_directories(fs::path(output).parent_path(), error);
  if (error) throw Error(output + ": cannot make its folder: " + error.message());
  OutputOptions options = job.output;
  options.overwrite = options.overwrite || job.resume;
  write_frame(frame, output, options, record);
  return {Status::written, {}, with_clipped(record, clipped_share(frame))};
}

}  // namespace

std::vector<BatchInput> select_images(const BatchSelection& selection) {
  std::vector<BatchInput> images;
  for (const auto& input : selection.inputs) {
    std::error_code error;
    if (fs::is_directory(input, error)) {
      add_folder(selection, input, "", images);
    } else {
      images.push_back({input, relative_to_base(input, selection.base)});
    }
  }
  return images;
}

std::uint64_t file_seed(const std::string& relative, std::uint64_t seed) {
  return hash_of(std::as_bytes(std::span(relative)), seed);
}

BatchResult run_batch(const BatchJob& job, const Recipe& recipe, const OnFailure& on_failure,
                      const Progress& progress, Stop stop) {
  const auto outputs = plan_outputs(job);
  if (!job.manifest.empty() && !job.output.overwrite && !job.resume && fs::exists(job.manifest)) {
    throw Error(job.manifest + ": exists already; --overwrite replaces it");
  }
  std::vector<Outcome> outcomes(outputs.size());
  const int images = static_cast<int>(std::min<std::size_t>(outputs.size(), 1 << 20));
  const int workers_an_image = std::max(1, job.workers / std::max(1, images));
  BatchResult result;
  std::size_t done = 0;
  std::mutex mutex;
  parallel_for(outputs.size(), job.workers, [&](std::size_t i) {
    Outcome outcome;
    try {
      throw_if(stop);
      outcome = noise_one(job, recipe, job.inputs[i], outputs[i], workers_an_image, stop);
    } catch (const Interrupted&) {
      const std::scoped_lock lock(mutex);
      result.interrupted = true;
      return;
    } catch (const std::bad_alloc&) {
      outcome = {Status::failed, job.inputs[i].path + ": not enough memory", {}};
    } catch (const Error& e) {
      outcome = {Status::failed, e.what(), {}};
    }
    const std::scoped_lock lock(mutex);
    result.written += outcome.status == Status::written ? 1 : 0;
    result.kept += outcome.status == Status::kept ? 1 : 0;
    result.failed += outcome.status == Status::failed ? 1 : 0;
    if (outcome.status == Status::failed) on_failure(outcome.error);
    if (job.manifest.empty()) outcome.record.clear();  // a million of them would add up
    outcomes[i] = std::move(outcome);
    if (progress) progress(++done, outputs.size());
  });
  if (!job.manifest.empty()) write_manifest(job, outputs, outcomes);
  return result;
}

}  // namespace qsample
