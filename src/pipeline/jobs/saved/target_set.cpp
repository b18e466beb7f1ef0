#include "pipeline/jobs/saved/target_set.h"

#include <set>
#include <string_view>
#include <utility>

#include "base/fail.h"
#include "image/image_io.h"

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

TargetSet::TargetSet(SavedJob job, std::span<const int> ts) : job_(std::move(job)) {
  if (job_.saved.empty()) return;
  check_kinds(job_, ts);
  for (const SavedBeside& saved : job_.saved) {
    auto& form = forms_.emplace_back();
    if (saved.is_inside()) {
      check_inside(*saved.target, resolve(job_.xt(0), job_.options));
      continue;
    }
    form = resolve(job_.file(0, saved), options_of_target(job_.options, *saved.target));
    if (!holds_depth(*form->codec, 32)) {
      fail(Named{"save-format"}, ": ", form->codec->name,
           " does not hold floats; these do: ", writable_extensions(32));
    }
  }
}

std::size_t TargetSet::memory(const Footprint& image) const {
  return targets_memory(job_.saved.size(), job_.process, image);
}

std::vector<Frame> TargetSet::frames(const Image& clean, const ImageNoise& noise, int t) const {
  std::vector<Frame> frames;
  frames.reserve(job_.saved.size());
  for (const SavedBeside& saved : job_.saved) {
    frames.push_back(target_frame(*saved.target, clean, noise, t, job_.sigma_data));
  }
  return frames;
}

std::vector<NamedImage> TargetSet::inside(const std::vector<Frame>& frames) const {
  std::vector<NamedImage> inside;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (job_.saved[i].is_inside()) {
      inside.emplace_back(job_.saved[i].target->name, &frames[i].image);
    }
  }
  return inside;
}

void TargetSet::add_inside(Making& making) const {
  for (const SavedBeside& saved : job_.saved) {
    if (!saved.is_inside()) continue;
    if (making.tensors.empty()) making.tensors.push_back(tensor_of_xt(job_.process));
    making.tensors.push_back(tensor_of(*saved.target, job_.process.schedule));
  }
}

std::string TargetSet::own_record(std::size_t number, const Making& making) const {
  const Target& target = *job_.saved[number].target;
  Making own = making;
  own.tensors = {tensor_of(target, job_.process.schedule)};
  if (target.has_scalings) own.sigma_data = job_.sigma_data;
  return record_of(own, options_of_target(job_.options, target), forms_[number]->format());
}

std::string TargetSet::scalings(int t) const {
  return text_of(edm_scalings(job_.process.schedule, t, job_.sigma_data));
}

}  // namespace qsample
