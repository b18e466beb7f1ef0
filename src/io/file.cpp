#include "io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMinRead = 1 << 16;

[[noreturn]] void fail(const std::string& path, int error) {
  throw Error(path + ": " + std::generic_category().message(error));
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  // close() can be the first to report a full disk, so a writer asks for its verdict.
  [[nodiscard]] bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

// Writes everything; false with errno set where it can't.
bool write_all(int fd, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

// Opens a new file beside `target` under a name that no other run uses; returns fd and name.
std::pair<int, std::string> open_temporary(const fs::path& target) {
  static std::atomic<unsigned> counter{0};
  for (;;) {
    const auto name =
        ".qsample-" + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp";
    const fs::path path = target.parent_path() / name;
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return {fd, path.string()};
  }
}

// Gives `temporary` its final name; false with errno set where that can't be done.
bool put_in_place(const std::string& temporary, const std::string& target, bool overwrite) {
  if (overwrite) return ::rename(temporary.c_str(), target.c_str()) == 0;
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) {
    return true;
  }
  if (errno != EINVAL && errno != ENOSYS) return false;
  // A file system that has no such rename: a hard link does not replace anything either.
  if (::link(temporary.c_str(), target.c_str()) != 0) return false;
  ::unlink(temporary.c_str());
  return true;
}

[[noreturn]] void fail_to_write(const std::string& path, int error) {
  if (error == EEXIST) throw Error(path + ": exists already; --overwrite replaces it");
  fail(path, error);
}

void write_beside(const std::string& path, Bytes bytes, bool overwrite) {
  std::error_code ignored;
  const bool is_link = fs::is_symlink(path, ignored);
  const fs::path target = is_link ? fs::weakly_canonical(path, ignored) : fs::path(path);
  if (!overwrite && fs::exists(target, ignored)) fail_to_write(path, EEXIST);

  auto [fd, temporary] = open_temporary(target);
  if (fd < 0) fail_to_write(path, errno);
  Descriptor file(fd);
  const bool written = write_all(file.get(), bytes) && ::fsync(file.get()) == 0 && file.close() &&
                       put_in_place(temporary, target.string(), overwrite);
  if (!written) {
    const int error = errno;
    ::unlink(temporary.c_str());
    fail_to_write(path, error);
  }
}

}  // namespace

std::vector<std::byte> read_file(const std::string& path) {
  const bool standard = path == "-";
  const std::string name = standard ? "standard input" : path;
  Descriptor file(standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) fail(name, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) fail(name, errno);
  if (S_ISDIR(info.st_mode)) throw Error(name + ": is a folder, not an image");

  std::vector<std::byte> bytes;
  // One byte more than the size, so that a regular file ends in the first round.
  std::size_t room = static_cast<std::size_t>(info.st_size) + 1;
  for (;;) {
    const std::size_t used = bytes.size();
    bytes.resize(used + room);
    const ssize_t n = ::read(file.get(), bytes.data() + used, room);
    if (n < 0 && errno != EINTR) fail(name, errno);
    const auto got = static_cast<std::size_t>(n < 0 ? 0 : n);
    bytes.resize(used + got);
    if (n == 0) break;
    room = got < room ? room - got : used + kMinRead;
  }
  if (bytes.empty()) throw Error(name + ": is empty");
  return bytes;
}

std::string read_text_file(const std::string& path) {
  const auto bytes = read_file(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void write_file(const std::string& path, Bytes bytes, bool overwrite) {
  if (path == "-") {
    if (!write_all(STDOUT_FILENO, bytes)) fail("standard output", errno);
    return;
  }
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) throw Error(path + ": is a folder; name a file in it");
  if (!exists || S_ISREG(info.st_mode)) {
    write_beside(path, bytes, overwrite);
    return;
  }
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0 || !write_all(file.get(), bytes) || !file.close()) fail(path, errno);
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code missing;
  return fs::equivalent(a, b, missing) && !missing;
}

}  // namespace qsample
