// Whole files in and out: read at once; written so that they appear whole or not at all.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "io/codec.h"
#include "io/descriptor.h"

namespace qsample {

/// What a file is called in messages: its path, or "standard input" for "-".
[[nodiscard]] std::string file_name(const std::string& path);

/// Looks at the first bytes of a file, and throws Error where the rest is not worth reading.
using CheckHead = void (*)(Bytes head, const std::string& name);

/// The bytes of a file, or of standard input if `path` is "-". Works on pipes. Throws Error, with
/// the path and the system's reason, for what cannot be read, for a device and for an empty file.
[[nodiscard]] std::vector<std::byte> read_file(const std::string& path,
                                               CheckHead check_head = nullptr);

/// The same as text.
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

/// A file that is written piece by piece and appears at its place, whole, when it is committed.
/// Until then it has a temporary name beside that place, and without a commit nothing remains. "-"
/// is standard output; it, devices and pipes are written to directly. A symbolic link is followed.
class OutputFile {
 public:
  /// An existing file is an Error unless `overwrite`; then it stays as it is until the commit.
  OutputFile(std::string path, bool overwrite);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  void write(Bytes bytes);
  /// True if its place holds the very bytes that were written: then a commit changes nothing.
  [[nodiscard]] bool is_there_already() const;
  /// Syncs, then renames. Throws Error where that fails; the file's place is then as it was.
  void commit();

 private:
  void open_directly();
  void open_temporary();
  [[nodiscard]] bool put_in_place() const;
  [[noreturn]] void fail(int error) const;

  std::string path_;
  bool overwrite_;
  std::string target_;     // the place, symbolic links followed; empty: written to directly
  std::string temporary_;  // name until the commit; empty: none
  bool may_block_ = false;
  Descriptor file_;
  Patience patience_;
};

/// Makes a folder and those above it, and clears it, if this run has not yet, of the temporary
/// files of runs that were killed. OutputFile clears the folder that it writes to in the same way.
/// Throws Error.
void make_folder(const std::string& folder);

/// Syncs the folders that files were put into since the last call: then the names, too, outlast a
/// power cut. Throws Error for the first that can't be, after the others are done.
void sync_folders();

/// True if both exist and are one file, by whatever name.
[[nodiscard]] bool same_file(const std::string& a, const std::string& b);

/// Told about ten times a second while a read or a write waits for `who` ("a writer of PATH"), and
/// for how long by now; an exception that it throws ends the wait. It may be called by any thread.
using OnWait = std::function<void(const std::string& who, std::chrono::milliseconds waited)>;

/// To be set before files are read or written; without it, a wait ends when a signal comes.
void set_on_wait(OnWait on_wait);

}  // namespace qsample
