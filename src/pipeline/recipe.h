// What frames are made from, as a value and as the JSON record that each frame carries.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "io/codec.h"
#include "qsample/path.h"
#include "qsample/schedule.h"

namespace qsample {

/// The chosen forward process; with a seed and a timestep it determines the noise.
struct Recipe {
  explicit Recipe(const ScheduleSpec& chosen, PathKind kind = PathKind::shared)
      : spec(resolved(chosen)), schedule(make_schedule(spec)), path(kind) {}

  ScheduleSpec spec;
  NoiseSchedule schedule;
  PathKind path;
};

/// How an output image is written.
struct OutputOptions {
  int depth = 0;       ///< 8 or 16 bits; 0 for that of the input
  std::string format;  ///< an ending that decides instead of the output's own; empty for none
  bool overwrite = false;
  bool metadata = true;  ///< carry the record, where the format can
};

/// The image that a frame was made from.
struct Source {
  std::string name;        ///< base name of the file
  std::uint64_t hash = 0;  ///< XXH3-64 of its bytes
};

/// XXH3-64, as the record and the seeds of a batch use it.
[[nodiscard]] std::uint64_t hash_of(Bytes bytes, std::uint64_t seed = 0);

/// Everything needed to make the frame again, as one line of JSON in ASCII.
[[nodiscard]] std::string record_of(const Recipe& recipe, std::uint64_t seed, int t,
                                    const Source& source);

/// The last part of a path; "stdin" for "-".
[[nodiscard]] std::string base_name(const std::string& path);

/// "<stem>_t<t><extension>", t padded to the width of `last`, so that names sort as timesteps do.
[[nodiscard]] std::string frame_name(const std::string& input, int t, int last,
                                     std::string_view extension);

}  // namespace qsample
