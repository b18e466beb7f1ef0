#include "pipeline/jobs/batch/saved_files.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

#include "base/fail.h"
#include "files/identity/place.h"
#include "image/image_io.h"
#include "pipeline/memory_budget.h"
#include "qsample/error.h"

namespace qsample {
namespace {

void check_kinds(const BatchJob& job, const ForwardProcess& process) {
  if (job.options.view) fail(Named{"save"}, " keeps the size of the image; leave out `view-size`");
  std::set<std::string_view> names;
  for (const BatchSaved& saved : job.saved) {
    if (!names.insert(saved.target->name).second)
      fail(Named{"save"}, " ", saved.target->name, " twice");
    for (const int t : job.timesteps.ts) check_target(*saved.target, process, t, job.sigma_data);
    // Of random ones the least is the worst.
    const RandomChoice& random = job.timesteps.random;
    if (!job.timesteps.is_random()) continue;
    for (const int t : {random.first, random.last < 0 ? process.schedule.steps() : random.last}) {
      check_target(*saved.target, process, t, job.sigma_data);
    }
  }
}

// Throws unless the file of x_t holds targets with it.
void check_inside(const Target& target, const Destination& xt) {
  const std::string name(target.name);
  if (!xt.codec->holds_many) {
    fail(Named{"save"}, " ", name,
         ": only .safetensors holds it beside x_t; give it a folder, as in ", name, "=", name);
  }
  if (target.has_scalings) {
    fail(Named{"save"}, " ", name, ": EDM's scalings go beside it; give it a folder, as in ", name,
         "=", name);
  }
}

}  // namespace

SavedFiles::SavedFiles(const BatchJob& job, const ForwardProcess& process, const Units& units,
                       Outputs& outputs)
    : job_(job), process_(process), units_(units), outputs_(outputs) {
  if (job.saved.empty()) return;
  check_kinds(job, process);
  for (const BatchSaved& saved : job.saved) {
    if (saved.folder.empty()) {
      check_inside(*saved.target, resolve(units.path(0), job.options));
      continue;
    }
    const Destination form =
        resolve(units.saved_path(0, saved), options_of_target(job.options, *saved.target));
    if (!holds_depth(*form.codec, 32)) {
      fail(Named{"save-format"}, ": ", form.codec->name,
           " does not hold floats; these do: ", writable_extensions(32));
    }
    sinks_.emplace_back(
        form, [this, &saved](std::size_t unit) { return units_.saved_path(unit, saved); },
        job.reading.decoding, outputs);
  }
}

std::size_t SavedFiles::memory(const ForwardProcess& process, const Footprint& image) const {
  if (job_.saved.empty()) return 0;
  const std::size_t copies = most_encode_copies();
  return image.samples * sizeof(float) * job_.saved.size() * (1 + copies) +
         visit_memory(process, image) + noise_memory(process, image);
}

std::vector<Frame> SavedFiles::frames(const Image& clean, const ImageNoise& noise, int t) const {
  std::vector<Frame> frames;
  frames.reserve(job_.saved.size());
  for (const BatchSaved& saved : job_.saved) {
    frames.push_back(target_frame(*saved.target, clean, noise, t, job_.sigma_data));
  }
  return frames;
}

void SavedFiles::put(std::size_t unit, const std::vector<Frame>& frames, const Making& making,
                     const RunOptions& run) {
  auto sink = sinks_.begin();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const BatchSaved& saved = job_.saved[i];
    if (saved.folder.empty()) continue;
    Making own = making;
    own.tensors = {tensor_of(*saved.target, process_.schedule)};
    if (saved.target->has_scalings) {
      own.sigma_data = job_.sigma_data;
      const auto path = sidecar_of(units_.saved_path(unit, saved));
      outputs_.make_folder(folder_of(path));
      write_sidecar(path, edm_scalings(process_.schedule, making.t, job_.sigma_data), job_.options,
                    outputs_);
    }
    const OutputOptions options = options_of_target(job_.options, *saved.target);
    (void)sink->put({unit, making.t, record_of(own, options, sink->format())}, frames[i], run);
    ++sink;
  }
}

std::vector<NamedImage> SavedFiles::inside(const std::vector<Frame>& frames) const {
  std::vector<NamedImage> inside;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (job_.saved[i].folder.empty()) {
      inside.emplace_back(job_.saved[i].target->name, &frames[i].image);
    }
  }
  return inside;
}

void SavedFiles::add_inside(Making& making) const {
  for (const BatchSaved& saved : job_.saved) {
    if (!saved.folder.empty()) continue;
    if (making.tensors.empty()) making.tensors.push_back(tensor_of_xt());
    making.tensors.push_back(tensor_of(*saved.target, process_.schedule));
  }
}

}  // namespace qsample
