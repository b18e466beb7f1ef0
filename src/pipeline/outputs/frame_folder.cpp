#include "pipeline/outputs/frame_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "files/output_file.h"
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
  for (std::size_t i = 0; i < names.ts.size(); ++i) {
    paths.push_back(frame_path(folder, names, i, extension));
  }
  return paths;
}

// Those that exist.
std::vector<std::string> existing_of(const std::vector<std::string>& paths) {
  std::vector<std::string> existing;
  for (const std::string& path : paths) {
    std::error_code unknown;
    if (fs::exists(path, unknown)) existing.push_back(path);
  }
  return existing;
}

void refuse_existing(const std::string& folder, const std::vector<std::string>& paths,
                     const std::vector<std::string>& beside) {
  constexpr const char* kRemedy =
      "`overwrite` replaces them, `resume` keeps those that were made in this way";
  if (const auto existing = existing_of(paths); !existing.empty()) {
    throw Error(fmt::format("{}: {} of the {} frames exist already; {}", folder, existing.size(),
                            paths.size(), kRemedy));
  }
  if (const auto existing = existing_of(beside); !existing.empty()) {
    const std::string more =
        existing.size() == 1
            ? ""
            : fmt::format(", with {} more of the files beside the frames", existing.size() - 1);
    throw Error(exists_already(existing.front(), more, kRemedy));
  }
}

Destination form_of(const std::string& folder, const OutputOptions& options) {
  return resolve((fs::path(folder) / ("frame" + default_extension(options))).string(), options);
}

}  // namespace

std::string frame_path(const std::string& folder, const FrameNames& names, std::size_t index,
                       const std::string& extension) {
  const auto name = frame_name(names.input, names.ts[index] - names.offset,
                               names.steps - names.offset, extension);
  return (fs::path(folder) / name).string();
}

FrameFolder::FrameFolder(const std::string& folder, const FrameNames& names,
                         const OutputOptions& options, const DecodeOptions& decoding,
                         const std::vector<OtherInput>& other_inputs,
                         const std::vector<std::string>& beside, OnOtherFrames on_other_frames,
                         int workers, Outputs& outputs)
    : FileSink(
          form_of(folder, options), [this](std::size_t index) { return paths_[index]; }, decoding,
          outputs),
      folder_(folder),
      names_(names),
      paths_(paths_of(folder, names, default_extension(options))),
      on_other_frames_(std::move(on_other_frames)),
      workers_(workers) {
  for (const std::string& path : paths_) check_is_no_folder(path);
  for (const std::string& path : beside) check_is_no_folder(path);
  check_files(other_inputs, beside);
  if (!options.overwrite && !options.resume) refuse_existing(folder, paths_, beside);
}

// Throws if a frame, or a file beside them, is an input. They are numbered from 0, the input comes
// after them, then the other inputs.
void FrameFolder::check_files(const std::vector<OtherInput>& other_inputs,
                              const std::vector<std::string>& beside) const {
  std::vector<std::string> names = paths_;
  names.insert(names.end(), beside.begin(), beside.end());
  const std::size_t input = names.size();
  JobFiles& files = outputs().files();
  for (std::size_t i = 0; i < input; ++i) files.will_write(names[i], i);
  files.will_read(names_.input, input);
  names.push_back(names_.input);
  for (const OtherInput& other : other_inputs) {
    files.will_read(other.path, names.size());
    names.push_back(other.path);
  }
  const auto clash = files.find_clash([&](std::size_t i) { return names[i]; });
  if (!clash) return;
  const std::string& path = names[clash->output];
  if (!clash->with_input) {
    if (clash->output >= paths_.size()) {
      throw InvalidArgument(
          path + ": two outputs would be written to it; give `save` a folder of " + "its own");
    }
    throw InvalidArgument(path + ": is " + names[clash->other] +
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
