// Preloaded into the program under test: makes chosen file operations below one folder fail.
//
//   FAULT_FOLDER  an absolute path; paths elsewhere, the loader's for instance, are left alone
//   FAULT_RULES   "renameat2:1+:22,link:2:1": every renameat2 fails with errno 22, the second link
//                 with errno 1. "write:3:short" writes but one byte in the third call,
//                 "fsync:1+:idle" syncs nothing and says it did.
//   FAULT_FIRED   a file that is made once the last rule has fired

// Fortified headers define the very calls that these stand in for.
#undef _FORTIFY_SOURCE

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kShort = -1;
constexpr int kIdle = -2;

struct Rule {
  std::string call;
  int number = 0;
  bool and_later = false;
  int error = 0;
  int seen = 0;
};

std::vector<Rule> parse_rules() {
  std::vector<Rule> rules;
  const char* text = std::getenv("FAULT_RULES");
  std::string_view rest = text == nullptr ? "" : text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    const std::string rule(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto first = rule.find(':');
    const auto second = rule.find(':', first + 1);
    const std::string error = rule.substr(second + 1);
    rules.push_back({rule.substr(0, first), std::atoi(rule.c_str() + first + 1),
                     rule[second - 1] == '+',
                     error == "short"  ? kShort
                     : error == "idle" ? kIdle
                                       : std::atoi(error.c_str())});
  }
  return rules;
}

void tell_that_it_fired() {
  if (const char* marker = std::getenv("FAULT_FIRED")) {
    ::syscall(SYS_close, ::syscall(SYS_openat, AT_FDCWD, marker, O_WRONLY | O_CREAT, 0666));
  }
}

// 0: let it pass; kShort; kIdle; or the errno to fail with.
int fault(std::string_view call) {
  static std::vector<Rule> rules = parse_rules();
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  int error = 0;
  for (Rule& rule : rules) {
    if (rule.call != call) continue;
    const int number = ++rule.seen;
    if (number != rule.number && !(rule.and_later && number > rule.number)) continue;
    if (&rule == &rules.back()) tell_that_it_fired();
    error = rule.error;
  }
  return error;
}

bool is_ours(const char* path) {
  static const char* folder = std::getenv("FAULT_FOLDER");
  if (folder == nullptr || path == nullptr) return false;
  return path[0] != '/' || std::string_view(path).starts_with(folder);  // it is the current one
}

bool is_ours(int fd) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  if (::syscall(SYS_readlinkat, AT_FDCWD, link.c_str(), path.data(), path.size() - 1) <= 0) {
    return false;
  }
  return path[0] == '/' && is_ours(path.data());
}

template <class Where>
bool fails(std::string_view call, Where where) {
  if (!is_ours(where)) return false;
  const int error = fault(call);
  if (error == 0) return false;
  errno = error;
  return true;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// The analyzer of clang 14 does not see va_start.
// NOLINTBEGIN(cert-dcl50-cpp,clang-analyzer-valist.Uninitialized)
extern "C" {

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  static auto* const real = next<int(int, const char*, int, ...)>("openat");
  return fails("open", path) ? -1 : real(folder, path, flags, mode);
}

ssize_t readlink(const char* path, char* target, size_t size) noexcept {
  static auto* const real = next<ssize_t(const char*, char*, size_t)>("readlink");
  return fails("readlink", path) ? -1 : real(path, target, size);
}

DIR* opendir(const char* path) {
  static auto* const real = next<DIR*(const char*)>("opendir");
  return fails("opendir", path) ? nullptr : real(path);
}

dirent* readdir(DIR* folder) {
  static auto* const real = next<dirent*(DIR*)>("readdir");
  return fails("readdir", ::dirfd(folder)) ? nullptr : real(folder);
}

int stat(const char* path, struct stat* info) noexcept {
  static auto* const real = next<int(const char*, struct stat*)>("stat");
  return fails("stat", path) ? -1 : real(path, info);
}

int fstatat(int folder, const char* path, struct stat* info, int flags) noexcept {
  static auto* const real = next<int(int, const char*, struct stat*, int)>("fstatat");
  return fails("lstat", path) ? -1 : real(folder, path, info, flags);
}

int fchmod(int fd, mode_t mode) noexcept {
  static auto* const real = next<int(int, mode_t)>("fchmod");
  return fails("fchmod", fd) ? -1 : real(fd, mode);
}

int fstat(int fd, struct stat* info) noexcept {
  static auto* const real = next<int(int, struct stat*)>("fstat");
  return fails("fstat", fd) ? -1 : real(fd, info);
}

// Under its own name it would hide the struct.
int lock_file(int fd, int operation) noexcept __asm__("flock");
int lock_file(int fd, int operation) noexcept {
  static auto* const real = next<int(int, int)>("flock");
  return fails("flock", fd) ? -1 : real(fd, operation);
}

ssize_t read(int fd, void* bytes, size_t size) {
  static auto* const real = next<ssize_t(int, void*, size_t)>("read");
  if (!is_ours(fd)) return real(fd, bytes, size);
  const int error = fault("read");
  if (error == kShort) return real(fd, bytes, std::min<size_t>(size, 1));
  if (error == 0) return real(fd, bytes, size);
  errno = error;
  return -1;
}

ssize_t write(int fd, const void* bytes, size_t size) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  if (!is_ours(fd)) return real(fd, bytes, size);
  const int error = fault("write");
  if (error == 0) return real(fd, bytes, size);
  if (error == kShort) return real(fd, bytes, 1);
  errno = error;
  return -1;
}

int fsync(int fd) {
  static auto* const real = next<int(int)>("fsync");
  if (!is_ours(fd)) return real(fd);
  const int error = fault("fsync");
  if (error == 0) return real(fd);
  if (error == kIdle) return 0;
  errno = error;
  return -1;
}

// The descriptor is gone even where close() reports an error.
int close(int fd) {
  static auto* const real = next<int(int)>("close");
  const bool failed = fails("close", fd);
  const int error = errno;
  const int result = real(fd);
  if (!failed) return result;
  errno = error;
  return -1;
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*)>("renameat");
  return fails("rename", to) ? -1 : real(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*, unsigned)>("renameat2");
  return fails("renameat2", to) ? -1 : real(from_folder, from, to_folder, to, flags);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*, int)>("linkat");
  return fails("link", to) ? -1 : real(from_folder, from, to_folder, to, flags);
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  static auto* const real = next<int(int, const char*, int)>("unlinkat");
  return fails("unlink", path) ? -1 : real(folder, path, flags);
}

int mkdir(const char* path, mode_t mode) noexcept {
  static auto* const real = next<int(const char*, mode_t)>("mkdir");
  return fails("mkdir", path) ? -1 : real(path, mode);
}

}  // extern "C"
// NOLINTEND(cert-dcl50-cpp,clang-analyzer-valist.Uninitialized)
