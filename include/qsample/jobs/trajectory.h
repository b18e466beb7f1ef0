// One image at many timesteps.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "qsample/jobs/film.h"
#include "qsample/jobs/forward_process.h"
#include "qsample/jobs/options.h"
#include "qsample/jobs/saved_beside.h"
#include "qsample/run.h"

namespace qsample {

/// Names of frames in a folder that a job does not write, in order: a film of the folder would show
/// them.
struct OtherFrames {
  std::vector<std::string> alike;      ///< of this trajectory, at other timesteps
  std::vector<std::string> different;  ///< of an image of this stem, made in another way
  std::vector<std::string> unknown;    ///< of an image of this stem, without a record
  std::vector<std::string> foreign;    ///< of other stems

  [[nodiscard]] bool empty() const {
    return alike.empty() && different.empty() && unknown.empty() && foreign.empty();
  }
};

/// Told, before anything is written, of frames in the folder that this run does not write; what it
/// throws ends the run.
using OnOtherFrames = std::function<void(const OtherFrames& others)>;

struct TrajectoryJob {
  std::string input;
  std::string output;               ///< folder, created if it is missing; or a film: see is_film()
  std::vector<int> ts;              ///< ascending; a film may show one several times
  std::optional<Space> space = {};  ///< what a film's record says that ts are spread over
  std::optional<FilmOptions> film = {};  ///< of a film only; none: the default
  int offset = 0;  ///< what names say less than t: 1 where timesteps count from 0
  InputOptions reading = {};
  std::uint64_t seed = 0;
  OutputOptions options = {};
  std::vector<SavedBeside> saved = {};  ///< of a folder only
  double sigma_data = kSigmaData;       ///< of EDM's scalings
  std::vector<OtherInput> other_inputs = {};
  OnOtherFrames on_other_frames = {};
};

/// Writes output/STEM_tT.png for each t, T being t - offset, each equal to the frame made alone, or
/// a film of these frames. They are made and written one after the other on each worker, which
/// holds the log2(T) states of its path. Throws, before anything is written, InvalidArgument if a
/// frame, or the film, is an input or can't be as is asked, or what is to be saved does not exist
/// at one of the timesteps; Error if one exists already and may not be replaced, or what a film
/// needs is not installed; Interrupted, with all frames that there are whole, and no film, if
/// `run.stop` was set. Tells of "frames".
void write_trajectory(const TrajectoryJob& job, const ForwardProcess& process,
                      const RunOptions& run = {});

}  // namespace qsample
