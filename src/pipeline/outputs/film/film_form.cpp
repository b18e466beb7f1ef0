#include "pipeline/outputs/film/film_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <numeric>
#include <system_error>

#include "base/remedy.h"
#include "image/image_io.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr double kMostHold = 3600;
constexpr int kMostCodedSide = 16384;
constexpr int kMostGifSide = 65535;

constexpr FilmForm kForms[] = {
    {".mp4", "MP4", FilmWay::ffmpeg, kMostCodedSide, kMostFps, false, false, true},
    {".mkv", "Matroska", FilmWay::ffmpeg, kMostCodedSide, kMostFps, false, false, true},
    {".webm", "WebM", FilmWay::ffmpeg, kMostCodedSide, kMostFps, false, false, true},
    // Its frames are shown for hundredths of a second, and most players make a tenth of one.
    {".gif", "GIF", FilmWay::ffmpeg, kMostGifSide, 50, false, false, false},
    {".apng", "APNG", FilmWay::apng, 0, kMostFps, true, true, false},
    {".y4m", "Y4M", FilmWay::raw, 0, kMostFps, false, true, false}};

[[noreturn]] void refuse(const std::string& output, const std::string& why) {
  throw InvalidArgument(output + ": " + why);
}

std::string streamed_formats() {
  std::string text;
  for (const FilmForm& form : kForms) {
    if (form.streams)
      text += fmt::format("{}{}", text.empty() ? "" : " or ", form.ending.substr(1));
  }
  return text;
}

// Throws unless the output is a folder, there or to be made.
void check_is_folder(const std::string& output, const std::string& ending) {
  std::error_code unknown;
  const auto status = fs::status(output, unknown);
  if (output.ends_with('/') || fs::is_directory(status)) return;
  const std::string forms = fmt::format("; or a film, which ends in {}", film_endings());
  if (fs::exists(status)) {
    refuse(output, "frames go to a folder, but this is a file; name another" + forms);
  }
  if (const auto remedy = remedy_for_output(output); !remedy.empty()) {
    refuse(output, "frames go to a folder" + remedy);
  }
  if (ending.empty()) return;
  const char* what = codec_for_extension(ending) == nullptr ? "no form of a trajectory ends so"
                                                            : "frames go to a folder";
  refuse(output, fmt::format("{}; name a folder, such as {}/{}", what, output, forms));
}

}  // namespace

const FilmForm* film_form_of(std::string_view ending) {
  const std::string wanted =
      lower_extension(fmt::format("film{}{}", ending.starts_with('.') ? "" : ".", ending));
  const auto* found = std::find_if(std::begin(kForms), std::end(kForms),
                                   [&](const FilmForm& form) { return form.ending == wanted; });
  return found == std::end(kForms) ? nullptr : found;
}

const FilmForm* film_form(const std::string& output, const OutputOptions& options) {
  const FilmForm* chosen = options.format.empty() ? nullptr : film_form_of(options.format);
  if (output == "-") {
    if (chosen != nullptr && chosen->streams) return chosen;
    const std::string remedy =
        fmt::format("choose `format` {}, which do, or name a file or a folder", streamed_formats());
    refuse(output, chosen == nullptr ? "frames do not go to standard output; " + remedy
                                     : fmt::format("{} does not go to standard output; {}",
                                                   chosen->name, remedy));
  }
  std::error_code unknown;
  const bool folder = output.ends_with('/') || fs::is_directory(output, unknown);
  const std::string ending = folder ? "" : fs::path(output).extension().string();
  const FilmForm* named = ending.empty() ? nullptr : film_form_of(ending);
  if (chosen != nullptr && (folder || (named != nullptr && named != chosen))) {
    refuse(output, fmt::format("is {}, and `format` {} is {}; leave out one",
                               folder ? "a folder" : named->name, options.format, chosen->name));
  }
  if (named != nullptr && chosen == nullptr && !options.format.empty()) {
    refuse(output, fmt::format("is {}, and `format` {} is of frames in a folder; leave out one",
                               named->name, options.format));
  }
  if (named != nullptr) return named;
  if (chosen == nullptr) {
    check_is_folder(output, ending);
    return nullptr;
  }
  if (!ending.empty()) {
    refuse(output, fmt::format("ends in {}, and `format` {} is {}; leave out one", ending,
                               options.format, chosen->name));
  }
  return chosen;
}

bool is_film(const std::string& output, const OutputOptions& options) {
  return film_form(output, options) != nullptr;
}

std::string film_endings() {
  std::string text;
  for (const FilmForm& form : kForms)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", form.ending);
  return text;
}

void check_film(const std::string& output, const FilmForm& form, const FilmOptions& film,
                const OutputOptions& options) {
  if (!(film.fps >= kLeastFps && film.fps <= form.most_fps)) {
    refuse(output, fmt::format("`fps` {} is outside {}..{}, which {} has", film.fps, kLeastFps,
                               form.most_fps, form.name));
  }
  if (!(film.hold >= 0 && film.hold <= kMostHold)) {
    refuse(output, fmt::format("`hold` {} is outside 0..{} seconds", film.hold, kMostHold));
  }
  if (film.quality && !(*film.quality >= 0 && *film.quality <= 100)) {
    refuse(output, fmt::format("`quality` {} is outside 0..100", *film.quality));
  }
  const auto refuse_option = [&](std::string_view option) {
    refuse(output, fmt::format("`{}` is of .mp4, .mkv and .webm, not of {}", option, form.ending));
  };
  if (film.quality && !form.coded) refuse_option("quality");
  if (film.compatible && !form.coded) refuse_option("compatible");
  if (film.lossless && !form.coded && form.way != FilmWay::apng) {
    refuse(output,
           fmt::format("{} can't be `lossless`; .apng, .mkv, .mp4 and .webm can", form.name));
  }
  if (film.lossless && (film.quality || film.compatible)) {
    refuse(output, fmt::format("`lossless` and `{}` exclude each other; give one of them",
                               film.quality ? "quality" : "compatible"));
  }
  const bool fits = options.depth == 0 || options.depth == 8 || (form.deep && options.depth == 16);
  if (!fits) {
    refuse(output, fmt::format("{} does not hold `depth` {}; {}", form.name, options.depth,
                               options.depth == 16 ? ".apng does, and so do frames in a folder"
                                                   : "frames in a folder do, by `format` npy"));
  }
  if (options.resume) refuse(output, "a film can't `resume`: it is made whole; leave that out");
  if (options.layout) refuse(output, "`layout` is of .npy and .safetensors, not of a film");
  if (options.compression == Compression::small && form.way != FilmWay::apng) {
    refuse(output, fmt::format("`compression` is of PNG and .apng, not of {}", form.ending));
  }
}

FrameRate frame_rate(double fps) {
  // Fractions whose terms fit 16 bits.
  const int seconds = fps < 6 ? 10'000 : fps < 60 ? 1000 : 100;
  const int frames = static_cast<int>(std::lround(fps * seconds));
  const int common = std::gcd(frames, seconds);
  return {frames / common, seconds / common};
}

}  // namespace qsample
