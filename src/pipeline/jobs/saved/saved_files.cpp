#include "pipeline/jobs/saved/saved_files.h"

#include <string>
#include <utility>

#include "base/fail.h"
#include "files/identity/place.h"
#include "pipeline/outputs/frame_file.h"

namespace qsample {

SavedFiles::SavedFiles(SavedJob saved_job, std::span<const int> ts, Outputs& outputs)
    : TargetSet(std::move(saved_job), ts), outputs_(outputs) {
  for (std::size_t i = 0; i < job().saved.size(); ++i) {
    const SavedBeside& saved = job().saved[i];
    if (saved.is_inside()) continue;
    if (saved.is_member) fail(Named{"save"}, " ", saved.target->name, ": members are of shards");
    sinks_.emplace_back(
        *form(i), [this, &saved](std::size_t unit) { return job().file(unit, saved); },
        job().decoding, outputs);
  }
}

std::vector<std::string> SavedFiles::paths(std::size_t unit) const {
  std::vector<std::string> paths;
  for (const SavedBeside& saved : job().saved) {
    if (saved.is_inside()) continue;
    std::string path = job().file(unit, saved);
    if (saved.target->has_scalings) paths.push_back(sidecar_of(path));
    paths.push_back(std::move(path));
  }
  return paths;
}

std::vector<Result> SavedFiles::put(std::size_t unit, const std::vector<Frame>& frames,
                                    const Making& making, const RunOptions& run) {
  std::vector<Result> results;
  auto sink = sinks_.begin();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const SavedBeside& saved = job().saved[i];
    if (saved.is_inside()) continue;
    if (saved.target->has_scalings) {
      const auto path = sidecar_of(job().file(unit, saved));
      outputs_.make_folder(folder_of(path));
      write_sidecar(path, scalings(making.t), job().options, outputs_);
    }
    const FrameKey key{unit, making.t, own_record(i, making)};
    const bool written = sink->put(key, frames[i], run);
    results.push_back({.status = written ? Result::Status::written : Result::Status::kept,
                       .output = sink->path(unit),
                       .record = with_findings(key.record, findings_of(frames[i]))});
    ++sink;
  }
  return results;
}

}  // namespace qsample
