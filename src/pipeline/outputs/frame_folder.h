// A trajectory's frames as files of one folder.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/outputs/file_sink.h"
#include "qsample/jobs/trajectory.h"

namespace qsample {

/// What the frames' names say.
struct FrameNames {
  std::string input;    ///< path of the image, whose stem they begin with
  std::vector<int> ts;  ///< their timesteps, ascending
  int steps = 0;        ///< T, whose width they have
  int offset = 0;       ///< what they say less than t: 1 where timesteps count from 0
};

/// The path of frame `index` in a folder.
[[nodiscard]] std::string frame_path(const std::string& folder, const FrameNames& names,
                                     std::size_t index, const std::string& extension);

class FrameFolder final : public FileSink {
 public:
  /// `beside` are files that are written with the frames. Throws InvalidArgument if one of all is
  /// an input, or goes to the place of another; Error where one exists already and may not be
  /// replaced.
  FrameFolder(const std::string& folder, const FrameNames& names, const OutputOptions& options,
              const DecodeOptions& decoding, const std::vector<OtherInput>& other_inputs,
              const std::vector<std::string>& beside, OnOtherFrames on_other_frames, int workers,
              Outputs& outputs);

  void begin(const std::function<std::string(int t)>& record_at) override;

 private:
  void check_files(const std::vector<OtherInput>& other_inputs,
                   const std::vector<std::string>& beside) const;

  std::string folder_;
  FrameNames names_;
  std::vector<std::string> paths_;
  OnOtherFrames on_other_frames_;
  int workers_;
};

}  // namespace qsample
