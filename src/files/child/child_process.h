// Another program at work for us: started without a shell, fed, listened to, ended.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "files/descriptor.h"
#include "qsample/bytes.h"
#include "qsample/run.h"

namespace qsample {

/// A file of ours that the program has under the number `as`: 1 is its standard output, and from 3
/// on /dev/fd/3 names it there.
struct LentFile {
  int fd;
  int as;
};

/// How a program ended.
struct ChildEnd {
  bool well = false;       ///< with status 0
  std::string words = {};  ///< what it said on standard error, the last of it, in one line
};

/// A program that reads its standard input from us. Ctrl-C does not reach it: it is killed, and
/// waited for, where it is destroyed before it has ended.
class ChildProcess {
 public:
  /// Starts `words`, the first of which is looked for in PATH. What it writes to a standard output
  /// that it was not lent is lost. Throws Error: "cannot start NAME: ...".
  ChildProcess(const std::vector<std::string>& words, std::span<const LentFile> lent);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// Gives it bytes to read. False where it reads no more. Throws Interrupted soon after `stop` is
  /// set.
  bool write(Bytes bytes, Stop stop);
  /// Ends its input and waits for its end. Throws Interrupted soon after `stop` is set.
  [[nodiscard]] ChildEnd end(Stop stop);

 private:
  void listen();
  void wait_for(short input_event, Stop stop);

  pid_t process_ = -1;
  Descriptor input_;
  Descriptor messages_;
  std::string words_;
};

/// Whether there is a program of this name in PATH.
[[nodiscard]] bool is_installed(const std::string& program);

}  // namespace qsample
