#include "cli/options/film_options.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

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
  add_number<double>(command, "--fps", fps_, "frames a second (default: 24)", kLeastFps, kMostFps)
      ->type_name("N")
      ->group(group);
  auto* seconds = add_number<double>(command, "--seconds", seconds_,
                                     "how long it takes to the last frame (default: 5); --hold and "
                                     "--boomerang come on top",
                                     0, kMostSeconds)
                      ->type_name("S")
                      ->group(group);
  for (CLI::Option* option : excluding) seconds->excludes(option);
  add_number<double>(command, "--hold", hold_, "show the first and the last frame S seconds longer",
                     0)
      ->type_name("S")
      ->group(group);
  command.add_flag("--boomerang", boomerang_, "to the last frame, and back to the first")
      ->group(group);
  add_number<int>(command, "--quality", quality_,
                  fmt::format("of .mp4, .mkv and .webm: 0, the smallest file, to 100, the finest "
                              "(default: {}, crf 18 of x264)",
                              kFilmQuality),
                  0, 100)
      ->type_name("Q")
      ->group(group);
  command
      .add_flag("--lossless", lossless_,
                "the very pixels, in .mkv, .mp4 and .webm, in which Chromium shows them and few "
                "players do; .apng always has them")
      ->group(group);
  command
      .add_flag("--compatible", compatible_,
                "in .mp4, .mkv and .webm 4:2:0, which all players show, at the cost of the colour "
                "in the noise; without it 4:4:4, which browsers, mpv and VLC show")
      ->group(group);
}

FilmOptions FilmChoice::film() const {
  FilmOptions film{.boomerang = boomerang_,
                   .quality = quality_,
                   .lossless = lossless_,
                   .compatible = compatible_};
  film.fps = fps_.value_or(film.fps);
  film.hold = hold_.value_or(film.hold);
  return film;
}

int FilmChoice::frames() const {
  const double fps = film().fps;
  const double seconds = seconds_.value_or(kUsualSeconds);
  const double count = std::round(fps * seconds);
  if (!(count >= 2 && count <= kMostSpread)) {
    throw InvalidArgument(
        fmt::format("--seconds {} at --fps {} make a film of {:.0f} frames, which "
                    "is outside 2..{}",
                    seconds, fps, count, kMostSpread));
  }
  return static_cast<int>(count);
}

void FilmChoice::check_is_unused(const std::string& output) const {
  const std::pair<const char*, bool> options[] = {
      {"--fps", fps_.has_value()},         {"--seconds", seconds_.has_value()},
      {"--hold", hold_.has_value()},       {"--boomerang", boomerang_},
      {"--quality", quality_.has_value()}, {"--lossless", lossless_},
      {"--compatible", compatible_}};
  for (const auto& [name, given] : options) {
    if (!given) continue;
    throw InvalidArgument(
        fmt::format("-o {}: frames go to a folder, and {} is of films; name one "
                    "by its ending: {}",
                    output, name, film_endings()));
  }
}

}  // namespace qsample::cli
