// Whole files in and out: read at once; written so that they appear whole or not at all.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "files/descriptor.h"
#include "files/job_files.h"

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
[[nodiscard]] std::string read_text_file(const std::string& path);

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

/// What an output may do to what is there.
struct OutputRules {
  bool overwrite = false;                  ///< replace a regular file; else that is an Error
  FileKinds kinds = FileKinds::pipes_too;  ///< write to pipes, and devices, as well
  JobFiles* job = nullptr;                 ///< of which no input and no other output is replaced
};

/// A file that is written piece by piece and appears at its place, whole, when it is committed.
/// Until then it has a temporary name beside that place, and without a commit nothing remains. "-"
/// is standard output; it, devices and pipes are written to directly. Symbolic links are followed,
/// once: a file goes to the folder that they led to at first. One that is replaced leaves its
/// permissions to the new one, and stays as it is until the commit.
class OutputFile {
 public:
  OutputFile(std::string path, const OutputRules& rules);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  void write(Bytes bytes);
  /// Syncs, then renames. Throws Error where that fails; the file's place is then as it was.
  void commit();

 private:
  void check_kind(mode_t mode) const;
  void open_directly();
  void open_folder();
  void open_temporary();
  void take_place();
  void prepare_to_replace();
  [[nodiscard]] bool put_in_place() const;
  [[noreturn]] void fail(int error) const;

  void write_back();

  std::string path_;
  OutputRules rules_;
  std::string folder_name_;
  Descriptor folder_;      // none: written to directly
  std::string name_;       // in the folder
  std::string temporary_;  // name there until the commit; empty: none
  FileId id_;
  std::optional<struct stat> old_;  // the file that is replaced
  bool may_block_ = false;
  off_t written_ = 0;
  off_t sent_ = 0;  // of those, to the disk
  Descriptor file_;
  Patience patience_;
};

/// For the end of a process that can't wait for its work: removes the temporary files of all
/// OutputFiles. From then on none is opened or committed; a thread that would waits for ever.
void abandon_output_files();

/// How many files were committed by now.
[[nodiscard]] std::size_t committed_files();

/// Told about ten times a second while a read or a write waits for `who` ("a writer of PATH"), and
/// for how long by now; an exception that it throws ends the wait. It may be called by any thread.
using OnWait = std::function<void(const std::string& who, std::chrono::milliseconds waited)>;

/// To be set before files are read or written; without it, a wait ends when a signal comes.
void set_on_wait(OnWait on_wait);

}  // namespace qsample
