// Whole files in.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "files/descriptor.h"
#include "qsample/bytes.h"

namespace qsample {

/// What a file is called in messages: its path, or "standard input" for "-".
[[nodiscard]] std::string file_name(const std::string& path);

/// What a name may stand for: regular files, or pipes as well, whose other end may let one wait.
enum class FileKinds { regular, pipes_too };

/// What a file of this mode is that is none of `kinds`: "a folder", "a socket", "a pipe", "a
/// device". A device that is written or typed to as a pipe is, such as a terminal, counts as one.
/// Empty for those that are.
[[nodiscard]] std::string other_kind(mode_t mode, FileKinds kinds);

/// What a reader of a file knows of it.
struct ReadOptions {
  FileKinds kinds = FileKinds::pipes_too;
  /// Told the first bytes; throws Error where the rest is not worth reading.
  std::function<void(Bytes head, const std::string& name)> check_head = {};
  /// How many bytes need be read of a file that begins like this, where these tell. Asked of large
  /// files only, lest one that goes on behind its end, or a hole, be read until memory ends.
  std::function<std::optional<std::size_t>(Bytes begin, const std::string& name)> extent = {};
  OnWait on_wait = {};
  /// Told how many bytes the file takes in memory, before it does; throws what ends the reading.
  std::function<void(std::size_t bytes)> hold = {};
};

/// The bytes of a file, or of standard input, whatever that is, if `path` is "-". Throws Error,
/// with the path and the reason, for what cannot be read, for sockets, devices and empty files, and
/// for pipes where they are not wanted.
[[nodiscard]] std::vector<std::byte> read_file(const std::string& path,
                                               const ReadOptions& options = {});

/// The first bytes of a regular file, `most` of them if there are as many. Throws Error for what
/// cannot be read and for what is no regular file.
[[nodiscard]] std::vector<std::byte> read_head(const std::string& path, std::size_t most);

/// The same as read_file, as text.
[[nodiscard]] std::string read_text_file(const std::string& path, const OnWait& on_wait = {});

/// Gives the memory of bytes back to the system piece by piece, while they are read for the last
/// time.
class MemoryReturn {
 public:
  explicit MemoryReturn(std::vector<std::byte>& bytes);
  /// The bytes before `here` are lost. `here` grows from call to call.
  void up_to(const std::byte* here);

 private:
  std::byte* begin_;  // at the edge of a page
};

}  // namespace qsample
