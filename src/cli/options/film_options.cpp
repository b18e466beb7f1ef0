#include "cli/options/film_options.h"

#include <fmt/format.h>

#include <cmath>

#include "cli/options/values.h"
#include "qsample/error.h"
#include "qsample/schedule.h"

namespace qsample::cli {
namespace {

constexpr double kUsualSeconds = 5;
constexpr double kMostSeconds = 24 * 3600;

}  // namespace

void FilmChoice::add_to(CLI::App& command, const std::vector<CLI::Option*>& excluding) {
  const std::string group = "Film";
  const auto add = [&](CLI::Option* option) {
    option->group(group);
    options_.push_back(option);
    return option;
  };
  add(add_number<double>(command, "--fps", film_.fps, "frames a second (default: 24)"))
      ->type_name("N");
  auto* seconds = add(add_number<double>(
      command, "--seconds", seconds_,
      "how long it takes to the last frame (default: 5), to which --hold and --boomerang add", 0.0,
      kMostSeconds));
  seconds->type_name("S");
  for (CLI::Option* option : excluding) seconds->excludes(option);
  add(add_number<double>(command, "--hold", film_.hold,
                         "show the first and the last frame S seconds longer"))
      ->type_name("S");
  add(command.add_flag("--boomerang", film_.boomerang, "to the last frame, and back to the first"));
  add(add_number<int>(
          command, "--quality", film_.quality,
          fmt::format("of .mp4, .mkv and .webm: 0, the smallest file, to 100, the finest "
                      "(default: {}, crf 18 of x264)",
                      kFilmQuality)))
      ->type_name("Q");
  add(command.add_flag("--lossless", film_.lossless,
                       "the very pixels, which few players show: of .mkv, .mp4 and .webm; .apng "
                       "has them always"));
  add(command.add_flag(
      "--compatible", film_.compatible,
      "of .mp4, .mkv and .webm: 4:2:0, which all players show, at the cost of the colour in the "
      "noise; without it 4:4:4, which browsers, mpv and VLC show"));
}

int FilmChoice::frames() const {
  const double count = std::round(film_.fps * seconds_.value_or(kUsualSeconds));
  if (!(count >= 2 && count <= kMostSpread)) {
    throw InvalidArgument(
        fmt::format("--seconds {} at --fps {} are {} frames, and a film has 2..{}",
                    seconds_.value_or(kUsualSeconds), film_.fps, count, kMostSpread));
  }
  return static_cast<int>(count);
}

void FilmChoice::check_is_unused(const std::string& output) const {
  for (const CLI::Option* option : options_) {
    if (option->count() == 0) continue;
    throw InvalidArgument(
        fmt::format("-o {}: frames go to a folder, and {} is of films; name one "
                    "by its ending: {}",
                    output, option->get_name(), film_endings()));
  }
}

}  // namespace qsample::cli
