// Whole files in and out: read at once; written so that they appear whole or not at all.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "io/codec.h"

namespace qsample {

/// The bytes of a file, or of standard input if `path` is "-". Works on pipes. Throws Error, with
/// the path and the system's reason, for what cannot be read and for an empty file.
[[nodiscard]] std::vector<std::byte> read_file(const std::string& path);

/// The same as text.
[[nodiscard]] std::string read_text_file(const std::string& path);

/// Writes beside `path` under a temporary name, syncs, then renames: a reader sees the old content
/// or the new, never a part. An existing file is an Error unless `overwrite`; a symbolic link is
/// followed; "-" is standard output; devices and pipes are written to directly.
void write_file(const std::string& path, Bytes bytes, bool overwrite);

/// True if both exist and are one file, by whatever name.
[[nodiscard]] bool same_file(const std::string& a, const std::string& b);

}  // namespace qsample
