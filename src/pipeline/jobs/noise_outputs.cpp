#include "pipeline/jobs/noise_outputs.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "image/image_io.h"
#include "pipeline/input.h"
#include "pipeline/jobs/saved/saved_targets.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Throws unless the format of the output holds what is written to it; it has `names` already.
void check_saved(const NoiseJob& job, const NoiseOutput& output, std::vector<std::string> names) {
  for (const std::size_t i : output.saved) {
    const Saved& saved = job.saved[i];
    const Codec& codec = *output.destination.codec;
    if (!holds_depth(codec, 32)) {
      throw InvalidArgument(saved.path + ": " + std::string(codec.name) +
                            " does not hold floats; these do: " + writable_extensions(32));
    }
    if (!names.empty() && !codec.holds_many) {
      throw InvalidArgument(saved.path + ": two outputs would be written to it; only " +
                            ".safetensors holds several");
    }
    const std::string name(saved.target->name);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw InvalidArgument(saved.path + ": `save` " + name + " twice");
    }
    names.push_back(name);
  }
}

std::vector<NoiseOutput> files_of(const NoiseJob& job) {
  PlaceFinder places;
  if (!job.output.empty()) check_is_no_folder(job.output);
  for (const Saved& saved : job.saved) {
    if (!saved.path.empty()) check_is_no_folder(saved.path);
  }
  std::vector<NoiseOutput> outputs;
  if (job.output.empty()) {
    outputs.push_back({resolve("-", job.options).at({}), {}, {}, true});
  } else {
    outputs.push_back({resolve(job.output, job.options), places.of(job.output), {}, true});
  }
  for (std::size_t i = 0; i < job.saved.size(); ++i) {
    const Saved& saved = job.saved[i];
    if (saved.path.empty()) continue;
    const Place place = places.of(saved.path);
    auto output = std::find_if(outputs.begin(), outputs.end(),
                               [&](const NoiseOutput& other) { return other.place == place; });
    if (output == outputs.end()) {
      output = outputs.insert(
          output, {resolve(saved.path, options_of_target(job.options, *saved.target)), place});
    }
    output->saved.push_back(i);
  }
  return outputs;
}

std::vector<std::string> sidecars_of(const NoiseJob& job) {
  std::set<std::string> paths;
  for (const auto& [target, path] : job.saved) {
    if (!target->has_scalings || path.empty()) continue;
    if (path == "-") {
      throw InvalidArgument("`save` " + std::string(target->name) +
                            ": EDM's scalings go beside it; give it a file's name");
    }
    paths.insert(sidecar_of(path));
  }
  return {paths.begin(), paths.end()};
}

void check_places(const NoiseJob& job, const NoiseOutputs& outputs) {
  const auto check = [&](const std::string& path, bool overwrite, FileKinds kinds) {
    std::error_code unknown;
    if (job.make_folders && !std::filesystem::exists(folder_of(path), unknown)) return;
    check_place(path, overwrite, kinds);
  };
  for (const NoiseOutput& output : outputs.files) {
    const auto& [path, codec, extension, options] = output.destination;
    if (output.is_written()) check(path, options.overwrite, FileKinds::pipes_too);
  }
  for (const std::string& sidecar : outputs.sidecars) {
    check_is_no_folder(sidecar);
    check(sidecar, job.options.overwrite, FileKinds::regular);
  }
}

}  // namespace

NoiseOutputs outputs_of(const NoiseJob& job) {
  if (job.options.view && !job.saved.empty()) {
    throw InvalidArgument("`save` keeps the size of the image; leave out `view-size`");
  }
  NoiseOutputs outputs{files_of(job), sidecars_of(job)};
  for (const NoiseOutput& output : outputs.files) {
    const bool is_first = &output == &outputs.files.front();
    check_saved(job, output,
                is_first ? std::vector{job.options.tensor} : std::vector<std::string>());
  }
  return outputs;
}

std::string record_of(const NoiseJob& job, const NoiseOutput& output, const ForwardProcess& process,
                      const Source& source) {
  Making making{process, job.seed, job.draw, job.t, source};
  if (output.has_xt && !output.saved.empty()) making.tensors.push_back(tensor_of_xt(process));
  for (const std::size_t i : output.saved) {
    const Target& target = *job.saved[i].target;
    making.tensors.push_back(tensor_of(target, process.schedule));
    if (target.has_scalings) making.sigma_data = job.sigma_data;
  }
  return record_of(making, output.destination.options, output.destination.format());
}

void check_outputs(std::span<const NoiseJob> jobs, std::span<const NoiseOutputs> outputs,
                   JobFiles& files) {
  std::vector<std::string> names;
  for (const NoiseOutputs& of_job : outputs) {
    for (const NoiseOutput& output : of_job.files) {
      if (output.is_written()) files.will_write(output.destination.path, names.size());
      names.push_back(output.destination.path);
    }
    for (const std::string& sidecar : of_job.sidecars) {
      files.will_write(sidecar, names.size());
      names.push_back(sidecar);
    }
  }
  const NoiseJob& job = jobs.front();
  files.will_read(job.input, names.size());
  names.push_back(job.input);
  std::vector<std::string> parts = names;  // what they are, for a person
  for (const OtherInput& other : job.other_inputs) {
    files.will_read(other.path, names.size());
    names.push_back(other.path);
    parts.push_back(other.what);
  }
  const auto clash = files.find_clash([&](std::size_t number) { return names[number]; });
  if (clash && clash->with_input) refuse_input(names[clash->output], parts[clash->other]);
  if (clash) {
    throw InvalidArgument(names[clash->output] + ": is " + names[clash->other] +
                          " too, which would be written twice");
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) check_places(jobs[i], outputs[i]);
}

}  // namespace qsample
