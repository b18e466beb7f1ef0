// A trajectory as one file: frames that follow each other in time.
#pragma once

#include <optional>
#include <string>

#include "qsample/jobs/options.h"

namespace qsample {

/// What quality .mp4, .mkv and .webm have by default: crf 18 of x264.
inline constexpr int kFilmQuality = 65;

/// Frames a second that a film may have.
inline constexpr double kLeastFps = 0.1;
inline constexpr double kMostFps = 240;

/// How frames become a film.
struct FilmOptions {
  double fps = 24;         ///< frames a second, from kLeastFps to kMostFps; of .gif 50 at the most
  double hold = 0;         ///< seconds by which the first and the last frame are shown longer
  bool boomerang = false;  ///< to the last frame, and from there back to the first
  /// Of .mp4, .mkv and .webm: 0, the smallest file, to 100, the finest; by default kFilmQuality.
  std::optional<int> quality = {};
  bool lossless = false;    ///< of .mp4, .mkv and .webm: the very pixels; .apng always has them
  bool compatible = false;  ///< of .mp4, .mkv and .webm: 4:2:0, which all players know, and which
                            ///< has colour at half the resolution; even sides only
};

/// Whether a trajectory's output is a film, by its ending, or by options.format where it has none
/// or is "-"; else it is a folder. Throws InvalidArgument where no form has that ending, or name
/// and format say two forms.
[[nodiscard]] bool is_film(const std::string& output, const OutputOptions& options);

/// The endings of films, for a message: ".mp4, .mkv, ...".
[[nodiscard]] std::string film_endings();

}  // namespace qsample
