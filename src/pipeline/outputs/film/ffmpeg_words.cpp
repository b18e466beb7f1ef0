#include "pipeline/outputs/film/ffmpeg_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string_view>

namespace qsample {
namespace {

// What a level of quality less is in the encoders' numbers, so that both are about as fine.
constexpr double kX264Step = 0.51;
constexpr double kVp9Step = 0.9;
constexpr long kWorstVp9 = 63;

using Words = std::vector<std::string>;

void add(Words& words, std::initializer_list<std::string> more) { words.insert(words.end(), more); }

std::string pixels_of(const FilmOptions& film) { return film.compatible ? "yuv420p" : "yuv444p"; }

// 0 is the finest.
double coarseness(const FilmOptions& film, double step) {
  return step * (100 - film.quality.value_or(kFilmQuality));
}

void add_x264(Words& words, const FilmOptions& film) {
  if (film.lossless) {
    add(words, {"-c:v", "libx264rgb", "-preset", "veryfast", "-qp", "0", "-pix_fmt", "rgb24"});
    return;
  }
  add(words, {"-c:v", "libx264", "-preset", "medium", "-crf",
              fmt::format("{:.1f}", coarseness(film, kX264Step)), "-pix_fmt", pixels_of(film)});
}

void add_vp9(Words& words, const FilmOptions& film) {
  // Three times as fast in real time, where libvpx 1.12 crashes once a frame of 4:4:4 is large.
  add(words,
      {"-c:v", "libvpx-vp9", "-b:v", "0", "-row-mt", "1", "-deadline", "good", "-cpu-used", "5"});
  if (film.lossless) {
    add(words, {"-lossless", "1", "-pix_fmt", "gbrp"});
    return;
  }
  // Left to choose, it gives every eighth frame much more than the others, and the noise flickers.
  const auto level =
      fmt::format("{}", std::min(std::lround(coarseness(film, kVp9Step)), kWorstVp9));
  add(words, {"-crf", level, "-qmin", level, "-qmax", level, "-pix_fmt", pixels_of(film)});
}

// Of the colours, for players that would guess.
void add_colours(Words& words, bool is_yuv) {
  const std::string range = is_yuv ? "tv" : "pc";
  const std::string space = is_yuv ? "bt709" : "gbr";
  add(words, {"-vf", fmt::format("setparams=range={}:colorspace={}:color_primaries=bt709:"
                                 "color_trc=bt709",
                                 range, space)});
  add(words, {"-color_range", range, "-colorspace", is_yuv ? space : "rgb", "-color_primaries",
              "bt709", "-color_trc", "bt709"});
}

}  // namespace

FedPixels fed_pixels(const FilmForm& form, const FilmOptions& film) {
  return form.coded && !film.lossless ? FedPixels::yuv444_bt709 : FedPixels::rgb;
}

std::vector<std::string> ffmpeg_words(const FilmForm& form, const FilmOptions& film, FrameRate rate,
                                      int width, int height, bool has_metadata) {
  const bool is_yuv = fed_pixels(form, film) == FedPixels::yuv444_bt709;
  Words words = {"ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y"};
  add(words, {"-f", "rawvideo", "-pixel_format", is_yuv ? "yuv444p" : "rgb24", "-video_size",
              fmt::format("{}x{}", width, height), "-framerate",
              fmt::format("{}/{}", rate.frames, rate.seconds), "-i", "pipe:0"});
  if (has_metadata) {
    add(words,
        {"-f", "ffmetadata", "-i", fmt::format("/dev/fd/{}", kMetadataFile), "-map_metadata", "1"});
  }
  if (form.ending == ".gif") {
    // 256 colours for each frame anew, of which no more than one is held.
    add(words, {"-filter_complex",
                "[0:v]split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1"});
  } else {
    add(words, {"-map", "0:v"});
  }
  if (form.coded) add_colours(words, is_yuv);
  if (form.ending == ".webm") {
    add_vp9(words, film);
  } else if (form.coded) {
    add_x264(words, film);
  }
  if (form.ending == ".mp4") add(words, {"-movflags", "+faststart"});
  // The same bytes from the same frames.
  add(words, {"-fflags", "+bitexact", "-flags:v", "+bitexact"});
  const std::string_view muxer = form.ending == ".mkv" ? "matroska" : form.ending.substr(1);
  add(words, {"-f", std::string(muxer), fmt::format("/dev/fd/{}", kFilmFile)});
  return words;
}

std::string ffmpeg_metadata(const std::string& comment) {
  std::string text = ";FFMETADATA1\ncomment=";
  for (const char c : comment) {
    if (std::string_view("=;#\\\n").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text + "\n";
}

}  // namespace qsample
