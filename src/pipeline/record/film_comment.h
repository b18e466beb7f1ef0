// The record in a film that ffmpeg wrote: its comment.
#pragma once

#include <optional>
#include <string>

#include "qsample/bytes.h"
#include "qsample/run.h"

namespace qsample {

/// Whether a file that begins like this is MP4, Matroska, WebM or GIF.
[[nodiscard]] bool is_film_file(Bytes head);

/// The record of such a file, which the user's ffprobe reads; nothing where it has none of
/// qsample's. Throws Error where there is no ffprobe, or it can't read the film; Interrupted soon
/// after `stop` is set.
[[nodiscard]] std::optional<std::string> record_of_film(const std::string& path, Stop stop);

}  // namespace qsample
