#include "pipeline/record/film_comment.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "base/bytes.h"
#include "base/json.h"
#include "files/child/child_process.h"
#include "files/descriptor.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr int kStandardOutput = 1;
constexpr int kFilmFile = 3;

// What was written to a file in memory.
std::string content_of(int file) {
  std::string text;
  std::array<char, 4096> part{};
  off_t at = 0;
  for (;;) {
    const ssize_t size = ::pread(file, part.data(), part.size(), at);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(size));
    at += size;
  }
}

// Of what ffprobe tells of a format's tags, whose names are capitals in Matroska.
std::string comment_in(const std::string& tags) {
  const auto json = parse_json_object(tags);
  if (!json || !json->contains("format") || !json->at("format").is_object()) return {};
  const Json& format = json->at("format");
  if (!format.contains("tags") || !format.at("tags").is_object()) return {};
  for (const char* name : {"comment", "COMMENT"}) {
    const auto found = format.at("tags").find(name);
    if (found != format.at("tags").end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

}  // namespace

bool is_film_file(Bytes head) {
  return has_text(head, 4, "ftyp") || has_text(head, 0, "\x1A\x45\xDF\xA3") ||
         has_text(head, 0, "GIF8");
}

std::optional<std::string> record_of_film(const std::string& path, Stop stop) {
  if (!is_installed("ffprobe")) {
    throw Error(path + ": needs ffprobe, which is not installed (Debian: ffmpeg)");
  }
  const Descriptor film(open_file(path, O_RDONLY));
  if (film.get() < 0) fail_with(path, errno);
  const Descriptor told(::memfd_create("ffprobe", MFD_CLOEXEC));
  if (told.get() < 0) fail_with(path, errno);
  const std::array lent = {LentFile{told.get(), kStandardOutput}, LentFile{film.get(), kFilmFile}};
  ChildProcess ffprobe({"ffprobe", "-v", "error", "-show_entries", "format_tags=comment", "-of",
                        "json", "/dev/fd/" + std::to_string(kFilmFile)},
                       lent);
  const ChildEnd end = ffprobe.end(stop);
  if (!end.well) throw Error(path + ": ffprobe failed: " + end.words);
  const std::string comment = comment_in(content_of(told.get()));
  const auto record = parse_json_object(comment);
  if (!record || !record->contains("qsample")) return std::nullopt;
  return comment;
}

}  // namespace qsample
