#include "pipeline/outputs/film/ffmpeg_film.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <string_view>
#include <utility>

#include "pipeline/outputs/film/raw_frame.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// A file in memory that holds `text`.
void fill(Descriptor& file, const std::string& text) {
  file.reset(::memfd_create("metadata", MFD_CLOEXEC));
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t size = ::write(file.get(), left.data(), left.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail_with("metadata", errno);
    left.remove_prefix(static_cast<std::size_t>(size));
  }
}

// A GIF's comment, in parts of 255 bytes at the most, each behind its length, and the byte that
// ends the file.
std::string gif_end(std::string_view comment) {
  std::string bytes = "\x21\xFE";
  while (!comment.empty()) {
    const std::string_view part = comment.substr(0, 255);
    bytes += static_cast<char>(part.size());
    bytes += part;
    comment.remove_prefix(part.size());
  }
  return bytes + '\0' + ';';
}

// In place of the byte that ends a GIF.
bool put_gif_end(int file, const std::string& end) {
  const off_t last = ::lseek(file, -1, SEEK_END);
  char byte = 0;
  if (last < 0 || ::pread(file, &byte, 1, last) != 1 || byte != ';') return false;
  return ::pwrite(file, end.data(), end.size(), last) == static_cast<ssize_t>(end.size());
}

// "libx264" of "Unknown encoder 'libx264'", or nothing.
std::string lacking_encoder(const std::string& words) {
  constexpr std::string_view kUnknown = "Unknown encoder '";
  const auto at = words.find(kUnknown);
  if (at == std::string::npos) return {};
  const auto begin = at + kUnknown.size();
  return words.substr(begin, words.find('\'', begin) - begin);
}

}  // namespace

void check_ffmpeg(const std::string& output) {
  if (is_installed("ffmpeg")) return;
  throw Error(output + ": needs ffmpeg, which is not installed (Debian: ffmpeg); .apng needs none");
}

FfmpegFilm::FfmpegFilm(OutputFile& file, std::string output, const FilmForm& form, FilmOptions film,
                       Stop stop)
    : file_(file), output_(std::move(output)), form_(form), film_(film), stop_(stop) {}

void FfmpegFilm::begin(const Image& frame, const std::string& record) {
  if (film_.compatible && (frame.width % 2 != 0 || frame.height % 2 != 0)) {
    throw Error(fmt::format(
        "{}: frames of {}x{} have an odd side, which `compatible` films can't have; scale them, "
        "such as by `view-size` {}x{}, or leave out `compatible`",
        output_, frame.width, frame.height, frame.width + frame.width % 2,
        frame.height + frame.height % 2));
  }
  const bool comments_itself = form_.ending != ".gif";
  Descriptor metadata;
  std::vector<LentFile> lent = {{file_.descriptor(), kFilmFile}};
  if (!record.empty() && comments_itself) {
    fill(metadata, ffmpeg_metadata(record));
    lent.push_back({metadata.get(), kMetadataFile});
  }
  if (!comments_itself) comment_ = record;
  ffmpeg_.emplace(
      ffmpeg_words(form_, film_, frame_rate(film_.fps), frame.width, frame.height, lent.size() > 1),
      lent);
}

void FfmpegFilm::put(const Image& frame, std::size_t times) {
  if (fed_pixels(form_, film_) == FedPixels::rgb) {
    put_rgb(frame, bytes_);
  } else {
    put_yuv444(frame, kBt709, bytes_);
  }
  for (std::size_t i = 0; i < times; ++i) {
    if (!ffmpeg_->write(bytes_, stop_)) fail(ffmpeg_->end(stop_).words);
  }
}

void FfmpegFilm::finish() {
  const ChildEnd end = ffmpeg_->end(stop_);
  if (!end.well) fail(end.words);
  if (!comment_.empty() && !put_gif_end(file_.descriptor(), gif_end(comment_))) {
    throw Error(output_ + ": ffmpeg made no whole GIF of it");
  }
}

void FfmpegFilm::fail(const std::string& words) const {
  if (const auto encoder = lacking_encoder(words); !encoder.empty()) {
    throw Error(
        fmt::format("{}: this ffmpeg lacks the encoder {}, which Debian's has; choose "
                    "another form, such as .apng, which needs none",
                    output_, encoder));
  }
  throw Error(fmt::format("{}: ffmpeg failed{}{}", output_, words.empty() ? "" : ": ", words));
}

}  // namespace qsample
