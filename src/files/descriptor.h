// What reading and writing files share.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace qsample {

/// Throws Error with the path and the system's reason.
[[noreturn]] void fail_with(const std::string& path, int error, const std::string& remedy = {});

/// A file descriptor that closes itself, unless it is one of the standard ones.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { (void)close(); }

  [[nodiscard]] int get() const { return fd_; }
  void reset(int fd) {
    (void)close();
    fd_ = fd;
  }
  /// False, with errno set, where the system reports an error that came late.
  bool close() {
    const int fd = std::exchange(fd_, -1);
    return fd <= STDERR_FILENO || ::close(fd) == 0;
  }

 private:
  int fd_;
};

/// openat() that a signal does not make fail.
template <class... Mode>
[[nodiscard]] int open_file_at(int folder, const std::string& name, int flags, Mode... mode) {
  for (;;) {
    const int fd = ::openat(folder, name.c_str(), flags | O_CLOEXEC, mode...);
    if (fd >= 0 || errno != EINTR) return fd;
  }
}

/// The same from the working folder.
template <class... Mode>
[[nodiscard]] int open_file(const std::string& path, int flags, Mode... mode) {
  return open_file_at(AT_FDCWD, path, flags, mode...);
}

/// Told about ten times a second while a read or a write waits for `who` ("a writer of PATH"), and
/// for how long by now; an exception that it throws ends the wait. It may be called by any thread.
/// Where it is empty, a wait ends when a signal comes.
using OnWait = std::function<void(const std::string& who, std::chrono::milliseconds waited)>;

/// Waiting for the other end of a pipe, in short rounds, each told.
class Patience {
 public:
  /// `on_wait` outlives it.
  Patience(std::string who, const OnWait& on_wait) : who_(std::move(who)), on_wait_(on_wait) {}
  /// Returns once `fd` is ready for `event`, POLLIN or POLLOUT, or has failed.
  void until(int fd, short event);
  /// One round.
  void pause();

 private:
  void tell(std::chrono::milliseconds round);

  std::string who_;
  const OnWait& on_wait_;
  std::chrono::milliseconds waited_{0};
};

}  // namespace qsample
