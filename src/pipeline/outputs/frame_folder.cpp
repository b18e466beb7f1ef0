#include "pipeline/outputs/frame_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "pipeline/input.h"
#include "pipeline/outputs/other_frames.h"
#include "pipeline/source.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> paths_of(const std::string& folder, const FrameNames& names,
                                  const std::string& extension) {
  std::vector<std::string> paths;
  paths.reserve(names.ts.size());
  for (const int t : names.ts) {
    const auto name =
        frame_name(names.input, t - names.offset, names.steps - names.offset, extension);
    paths.push_back((fs::path(folder) / name).string());
  }
  return paths;
}

Destination form_of(const std::string& folder, const OutputOptions& options) {
  return resolve((fs::path(folder) / ("frame" + default_extension(options))).string(), options);
}

}  // namespace

FrameFolder::FrameFolder(const std::string& folder, const FrameNames& names,
                         const OutputOptions& options, const DecodeOptions& decoding,
                         const std::vector<OtherInput>& other_inputs, OnOtherFrames on_other_frames,
                         int workers, Outputs& outputs)
    : FileSink(
          form_of(folder, options), [this](std::size_t index) { return paths_[index]; }, decoding,
          outputs),
      folder_(folder),
      names_(names),
      paths_(paths_of(folder, names, default_extension(options))),
      on_other_frames_(std::move(on_other_frames)),
      workers_(workers) {
  std::size_t existing = 0;
  for (const std::string& path : paths_) {
    check_is_no_folder(path);
    std::error_code unknown;
    existing += fs::exists(path, unknown) ? 1 : 0;
  }
  check_files(other_inputs);
  if (existing > 0 && !options.overwrite && !options.resume) {
    throw Error(
        fmt::format("{}: {} of the {} frames exist already; `overwrite` replaces them, "
                    "`resume` keeps those that were made in this way",
                    folder, existing, paths_.size()));
  }
}

// Throws if a frame is an input. They are numbered from 0, the input comes after them, then the
// other inputs.
void FrameFolder::check_files(const std::vector<OtherInput>& other_inputs) const {
  JobFiles& files = outputs().files();
  std::size_t number = 0;
  for (const std::string& path : paths_) files.will_write(path, number++);
  files.will_read(names_.input, number++);
  for (const OtherInput& other : other_inputs) files.will_read(other.path, number++);
  const std::size_t input = paths_.size();
  const auto clash = files.find_clash([&](std::size_t i) {
    if (i < input) return paths_[i];
    return i == input ? names_.input : other_inputs[i - input - 1].path;
  });
  if (!clash) return;
  const std::string& path = paths_[clash->output];
  if (!clash->with_input) {
    throw InvalidArgument(path + ": is " + paths_[clash->other] +
                          " too, which would be written twice");
  }
  refuse_input(path,
               clash->other == input ? names_.input : other_inputs[clash->other - input - 1].what,
               "choose another folder");
}

void FrameFolder::begin(const std::function<std::string(int t)>& record_at) {
  if (on_other_frames_) {
    std::set<std::string> own;
    for (const std::string& path : paths_) own.insert(base_name(path));
    const auto others = other_frames(
        folder_, frame_stem(names_.input), default_extension(form().options), own,
        [&](int t) { return t <= names_.steps ? record_at(t) : std::string(); }, workers_);
    if (!others.empty()) on_other_frames_(others);
  }
  outputs().make_folder(folder_);
}

}  // namespace qsample
