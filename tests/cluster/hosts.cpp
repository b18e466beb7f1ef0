// Preloaded into the program under test: it runs on the host PRETENDED_HOST, and a lock of flock is
// seen on that host alone, as on BeeGFS, or Lustre mounted with localflock.

// Fortified headers define the very calls that these stand in for.
#undef _FORTIFY_SOURCE

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>

namespace {

std::string host() {
  const char* const name = std::getenv("PRETENDED_HOST");
  return name != nullptr ? name : "nowhere";
}

// A byte that no file is long enough to have, another for each host.
off_t place_of_host() {
  constexpr std::size_t kMask = (std::size_t{1} << 61) - 1;
  return static_cast<off_t>((std::size_t{1} << 61) | (std::hash<std::string>()(host()) & kMask));
}

}  // namespace

extern "C" {

int gethostname(char* name, size_t size) noexcept {
  const std::string here = host();
  if (size <= here.size()) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::copy_n(here.c_str(), here.size() + 1, name);
  return 0;
}

// A lock of one byte belongs to an open file, as flock's does, but hinders no lock of another byte.
// Under its own name it would hide the struct.
int lock_file(int fd, int operation) noexcept __asm__("flock");
int lock_file(int fd, int operation) noexcept {
  struct flock range {};
  range.l_type = static_cast<short>((operation & LOCK_UN) != 0   ? F_UNLCK
                                    : (operation & LOCK_EX) != 0 ? F_WRLCK
                                                                 : F_RDLCK);
  range.l_whence = SEEK_SET;
  range.l_start = place_of_host();
  range.l_len = 1;
  return ::fcntl(fd, (operation & LOCK_NB) != 0 ? F_OFD_SETLK : F_OFD_SETLKW, &range);
}

}  // extern "C"
