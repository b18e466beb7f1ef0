// The forms of a film, and which one an output has.
#pragma once

#include <string>
#include <string_view>

#include "qsample/jobs/film.h"

namespace qsample {

/// Who writes a form: our encoder of PNG, ffmpeg, or nobody: raw frames.
enum class FilmWay { apng, ffmpeg, raw };

/// A form of film. One row of the table in film_form.cpp.
struct FilmForm {
  std::string_view ending;  ///< with the dot
  std::string_view name;
  FilmWay way;
  int most_side;         ///< pixels that a side of a frame may have; 0: any number
  double most_fps;       ///< frames a second
  bool deep = false;     ///< has 16 bits, and alpha
  bool streams = false;  ///< may go to a pipe
  bool coded = false;    ///< its frames may be coded more finely or coarsely
};

/// The form that an output has; null where it is a folder. See is_film.
[[nodiscard]] const FilmForm* film_form(const std::string& output, const OutputOptions& options);

/// The form of this ending, with the dot or without; null where there is none.
[[nodiscard]] const FilmForm* film_form_of(std::string_view ending);

/// Throws InvalidArgument where a film of this form can't be as is asked.
void check_film(const std::string& output, const FilmForm& form, const FilmOptions& film,
                const OutputOptions& options);

/// Frames a second as a fraction.
struct FrameRate {
  int frames;
  int seconds;
};
[[nodiscard]] FrameRate frame_rate(double fps);

}  // namespace qsample
