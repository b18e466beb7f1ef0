#include "pipeline/jobs/saved_files.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/fail.h"
#include "files/identity/place.h"
#include "image/image_io.h"
#include "pipeline/memory_budget.h"
#include "pipeline/outputs/frame_file.h"
#include "qsample/error.h"

namespace qsample {
namespace {

void check_kinds(const SavedJob& job, std::span<const int> ts) {
  if (job.options.view) fail(Named{"save"}, " keeps the size of the image; leave out `view-size`");
  std::set<std::string_view> names;
  for (const SavedBeside& saved : job.saved) {
    if (!names.insert(saved.target->name).second)
      fail(Named{"save"}, " ", saved.target->name, " twice");
    for (const int t : ts) check_target(*saved.target, job.process, t, job.sigma_data);
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

SavedFiles::SavedFiles(SavedJob job, std::span<const int> ts, Outputs& outputs)
    : job_(std::move(job)), outputs_(outputs) {
  if (job_.saved.empty()) return;
  check_kinds(job_, ts);
  for (const SavedBeside& saved : job_.saved) {
    if (saved.folder.empty()) {
      check_inside(*saved.target, resolve(job_.xt(0), job_.options));
      continue;
    }
    const Destination form =
        resolve(job_.file(0, saved), options_of_target(job_.options, *saved.target));
    if (!holds_depth(*form.codec, 32)) {
      fail(Named{"save-format"}, ": ", form.codec->name,
           " does not hold floats; these do: ", writable_extensions(32));
    }
    sinks_.emplace_back(
        form, [this, &saved](std::size_t unit) { return job_.file(unit, saved); }, job_.decoding,
        outputs);
  }
}

std::size_t SavedFiles::memory(const Footprint& image) const {
  return targets_memory(job_.saved.size(), job_.process, image);
}

std::vector<std::string> SavedFiles::paths(std::size_t unit) const {
  std::vector<std::string> paths;
  for (const SavedBeside& saved : job_.saved) {
    if (saved.folder.empty()) continue;
    std::string path = job_.file(unit, saved);
    if (saved.target->has_scalings) paths.push_back(sidecar_of(path));
    paths.push_back(std::move(path));
  }
  return paths;
}

std::vector<Frame> SavedFiles::frames(const Image& clean, const ImageNoise& noise, int t) const {
  std::vector<Frame> frames;
  frames.reserve(job_.saved.size());
  for (const SavedBeside& saved : job_.saved) {
    frames.push_back(target_frame(*saved.target, clean, noise, t, job_.sigma_data));
  }
  return frames;
}

std::vector<Result> SavedFiles::put(std::size_t unit, const std::vector<Frame>& frames,
                                    const Making& making, const RunOptions& run) {
  std::vector<Result> results;
  auto sink = sinks_.begin();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const SavedBeside& saved = job_.saved[i];
    if (saved.folder.empty()) continue;
    Making own = making;
    own.tensors = {tensor_of(*saved.target, job_.process.schedule)};
    if (saved.target->has_scalings) {
      own.sigma_data = job_.sigma_data;
      const auto path = sidecar_of(job_.file(unit, saved));
      outputs_.make_folder(folder_of(path));
      write_sidecar(path, edm_scalings(job_.process.schedule, making.t, job_.sigma_data),
                    job_.options, outputs_);
    }
    const OutputOptions options = options_of_target(job_.options, *saved.target);
    const FrameKey key{unit, making.t, record_of(own, options, sink->format())};
    const bool written = sink->put(key, frames[i], run);
    results.push_back({.status = written ? Result::Status::written : Result::Status::kept,
                       .output = sink->path(unit),
                       .record = with_findings(key.record, findings_of(frames[i]))});
    ++sink;
  }
  return results;
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
  for (const SavedBeside& saved : job_.saved) {
    if (!saved.folder.empty()) continue;
    if (making.tensors.empty()) making.tensors.push_back(tensor_of_xt());
    making.tensors.push_back(tensor_of(*saved.target, job_.process.schedule));
  }
}

}  // namespace qsample
