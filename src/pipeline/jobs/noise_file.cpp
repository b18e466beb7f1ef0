#include "qsample/jobs/noise_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "files/identity/place.h"
#include "files/output_file.h"
#include "image/image_io.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/memory_budget.h"
#include "pipeline/outputs/frame_file.h"
#include "pipeline/view.h"
#include "qsample/error.h"

namespace qsample {
namespace {

std::string tensor_name(const Saved& saved) { return std::string(saved.target->name); }

// `wanted.x0 * x_0 + wanted.eps * eps` of the whole image. A Markov path gives sigma_t eps.
Frame combine(const Image& clean, const NoisePath& path, int t, Mix wanted) {
  Frame frame{frame_for(clean, 32)};
  const double scale = path.kind() == PathKind::markov ? 1 / path.schedule().sigma(t) : 1;
  const Mix mix{wanted.x0, wanted.eps == 0 ? 0 : wanted.eps * scale};
  const std::array ts = {t};
  path.visit(ts, 0, clean.samples(), [&](int /*t*/, Mix /*of x_t*/, std::span<const float> noise) {
    set_samples(frame.image, clean, mix, noise, 0, {});
  });
  return frame;
}

// A file that is written, with the images in it.
struct Output {
  Destination destination;
  Place place;
  std::vector<std::size_t> saved = {};  // numbers of the images beside x_t

  // x_t may be shown only.
  [[nodiscard]] bool is_written() const { return !destination.path.empty(); }
};

// The files that are written, each once, whatever goes to it and by whatever names. x_t's is the
// first.
std::vector<Output> outputs_of(const NoiseJob& job) {
  PlaceFinder places;
  if (!job.output.empty()) check_is_no_folder(job.output);
  for (const Saved& saved : job.saved) check_is_no_folder(saved.path);
  std::vector<Output> outputs;
  if (job.output.empty()) {
    outputs.push_back({resolve("-", job.options).at({}), {}});
  } else {
    outputs.push_back({resolve(job.output, job.options), places.of(job.output)});
  }
  for (std::size_t i = 0; i < job.saved.size(); ++i) {
    const Saved& saved = job.saved[i];
    const Place place = places.of(saved.path);
    auto output = std::find_if(outputs.begin(), outputs.end(),
                               [&](const Output& other) { return other.place == place; });
    if (output == outputs.end()) {
      OutputOptions options = job.options;
      options.format.clear();
      options.tensor = tensor_name(saved);
      // What is asked of x_t, integers of a depth and a range, is not asked of floats.
      options.depth = 0;
      options.range = {};
      options.view = {};
      output = outputs.insert(output, {resolve(saved.path, options), place});
    }
    output->saved.push_back(i);
  }
  return outputs;
}

// The files beside saved ones that have EDM's scalings, each once.
std::vector<std::string> sidecars_of(const NoiseJob& job) {
  std::vector<std::string> paths;
  for (const Saved& saved : job.saved) {
    if (!saved.target->has_scalings) continue;
    const auto path = std::filesystem::path(saved.path).replace_extension(".json").string();
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  return paths;
}

std::string sidecar_text(const EdmScalings& scalings) {
  Json json;
  json["sigma"] = scalings.sigma;
  json["sigma_data"] = scalings.sigma_data;
  json["c_skip"] = scalings.c_skip;
  json["c_out"] = scalings.c_out;
  json["c_in"] = scalings.c_in;
  json["c_noise"] = scalings.c_noise;
  return json_text(json) + "\n";
}

// Throws unless the format of the output holds what is written to it; it has `names` already.
void check_saved(const NoiseJob& job, const Output& output, std::vector<std::string> names) {
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
    const std::string name = tensor_name(saved);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      throw InvalidArgument(saved.path + ": `save` " + name + " twice");
    }
    names.push_back(name);
  }
}

// Throws if an output is an input, or another output that has not the very same name.
void check_files(const NoiseJob& job, const std::vector<Output>& outputs,
                 const std::vector<std::string>& sidecars, JobFiles& files) {
  std::vector<std::string> names;
  for (const Output& output : outputs) {
    if (output.is_written()) files.will_write(output.destination.path, names.size());
    names.push_back(output.destination.path);
  }
  for (const std::string& sidecar : sidecars) {
    files.will_write(sidecar, names.size());
    names.push_back(sidecar);
  }
  files.will_read(job.input, names.size());
  names.push_back(job.input);
  std::vector<std::string> parts = names;  // what they are, for a person
  for (const OtherInput& other : job.other_inputs) {
    files.will_read(other.path, names.size());
    names.push_back(other.path);
    parts.push_back(other.what);
  }
  const auto clash = files.find_clash([&](std::size_t number) { return names[number]; });
  if (!clash) return;
  if (clash->with_input) refuse_input(names[clash->output], parts[clash->other]);
  throw InvalidArgument(names[clash->output] + ": is " + names[clash->other] +
                        " too, which would be written twice");
}

// Throws where what is to be saved does not exist, or would not fit beside x_t.
void check_targets(const NoiseJob& job, const ForwardProcess& process) {
  if (job.options.view && !job.saved.empty()) {
    throw InvalidArgument("`save` keeps the size of the image; leave out `view-size`");
  }
  for (const Saved& saved : job.saved) {
    const std::string option = "`save` " + tensor_name(saved);
    Mix mix{};
    try {
      mix = saved.target->mix(process.schedule, job.t, job.sigma_data);
    } catch (const InvalidArgument& e) {
      throw InvalidArgument(option + ": " + e.what());
    }
    if (mix.eps != 0 && process.path == PathKind::markov && process.schedule.sigma(job.t) == 0) {
      throw InvalidArgument(
          option + ": along a Markov path there is no noise yet at t = " + std::to_string(job.t));
    }
    if (saved.target->has_scalings && saved.path == "-") {
      throw InvalidArgument(option + ": EDM's scalings go beside it; give it a file's name");
    }
  }
}

void check_outputs(const NoiseJob& job, const std::vector<Output>& outputs,
                   const std::vector<std::string>& sidecars, JobFiles& files) {
  for (const Output& output : outputs) {
    const bool is_first = &output == &outputs.front();
    check_saved(job, output,
                is_first ? std::vector{job.options.tensor} : std::vector<std::string>());
  }
  check_files(job, outputs, sidecars, files);
  for (const Output& output : outputs) {
    if (output.is_written())
      check_place(output.destination.path, output.destination.options.overwrite);
  }
  for (const std::string& sidecar : sidecars) {
    check_is_no_folder(sidecar);
    check_place(sidecar, job.options.overwrite, FileKinds::regular);
  }
}

// All that is saved, as floats; making one, and writing the largest file of them, takes more.
std::size_t saved_memory(const NoiseJob& job, const ForwardProcess& process,
                         const Footprint& image) {
  if (job.saved.empty()) return 0;
  const auto copies = static_cast<std::size_t>(kSafetensors.encode_copies);  // the most of all
  return image.samples * sizeof(float) * job.saved.size() * (1 + copies) +
         visit_memory(process, image) + noise_memory(process, image);
}

}  // namespace

double noise_file(const NoiseJob& job, const ForwardProcess& process, const RunOptions& run) {
  check_targets(job, process);
  const std::vector<Output> outputs = outputs_of(job);
  Outputs own;
  Outputs& written = run.outputs == nullptr ? own : *run.outputs;
  const std::vector<std::string> sidecars = sidecars_of(job);
  check_outputs(job, outputs, sidecars, written.files());
  MemoryBudget budget(job.reading.max_memory);
  MemoryLease lease(&budget);
  InputOptions reading = job.reading;
  reading.decoding.run = run;
  reading.decoding.run.outputs = &written;
  const Destination& main = outputs.front().destination;
  Input input = read_input(job.input, reading, lease, [&](const Footprint& image) {
    return noise_memory(process, image) + saved_memory(job, process, image) + main.memory(image);
  });
  const int depth = main.depth(input.image.file_depth());
  lease.hold_more(view_memory(input.image, depth, job.options.view));
  run.tell({"drawing noise"});
  const auto noise = process.noise(job.seed, input.image);
  const NoisePath path(process.schedule, *noise, process.path);

  std::vector<Frame> extra;
  extra.reserve(job.saved.size());
  if (!job.saved.empty()) {
    const auto plain = process.noise(job.seed, input.image, 0, NoisePart::target);
    const NoisePath plain_path(process.schedule, *plain, process.path);
    for (const auto& [target, name] : job.saved) {
      extra.push_back(combine(input.image, target->part == NoisePart::input ? path : plain_path,
                              job.t, target->mix(process.schedule, job.t, job.sigma_data)));
    }
  }
  const Range range = job.options.range.at(process.schedule, job.t);
  const Frame frame =
      viewed(noise_image(std::move(input.image), path, job.t, depth, range, run), job.options.view);
  const auto scalings_in = [&](const Output& output) {
    return std::any_of(output.saved.begin(), output.saved.end(),
                       [&](std::size_t i) { return job.saved[i].target->has_scalings; });
  };
  const auto write = [&](const Frame& first, const Output& output,
                         std::span<const std::size_t> others) {
    std::vector<Tensor> tensors;
    if (output.saved.size() == others.size() && !others.empty()) {
      tensors.push_back({std::string(kNoisedName), "alpha x0 + sigma eps"});
    }
    for (const std::size_t i : output.saved) {
      const Saved& saved = job.saved[i];
      tensors.push_back({tensor_name(saved), saved.target->formula(process.schedule)});
    }
    std::vector<NamedImage> named;
    for (const std::size_t i : others) {
      named.emplace_back(tensor_name(job.saved[i]), &extra[i].image);
    }
    const Destination& to = output.destination;
    const auto record =
        record_of(process, job.seed, job.t, input.source, to.options, to.format(), tensors,
                  scalings_in(output) ? std::optional(job.sigma_data) : std::nullopt);
    write_frame(first, to, FileKinds::pipes_too, record, named, run, written);
  };
  // Each file of its own first, so that where x_t is, all is.
  for (const std::string& sidecar : sidecars) {
    const auto text = sidecar_text(edm_scalings(process.schedule, job.t, job.sigma_data));
    OutputFile file(sidecar, {.overwrite = job.options.overwrite}, written);
    file.write(std::as_bytes(std::span(text)));
    file.commit();
  }
  for (std::size_t i = 1; i < outputs.size(); ++i) {
    const std::span<const std::size_t> saved = outputs[i].saved;
    write(extra[saved.front()], outputs[i], saved.subspan(1));
  }
  if (outputs.front().is_written()) write(frame, outputs.front(), outputs.front().saved);
  if (job.show) job.show(frame.image);
  written.sync();
  return findings_of(frame).clipped.value_or(0);
}

}  // namespace qsample
