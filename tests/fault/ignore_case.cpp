// Preloaded into the program under test: a file system that ignores case. Names that are relative
// or in the folder CASE_FOLDER, which has no names but in small letters, reach the system so.

// Fortified headers define the very calls that these stand in for.
#undef _FORTIFY_SOURCE

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cstdarg>
#include <cstdlib>
#include <string>

namespace {

class Small {
 public:
  explicit Small(const char* path) : path_(path) {
    static const char* const named = std::getenv("CASE_FOLDER");
    static const std::string folder = named != nullptr ? named : "/";
    std::size_t at = 0;
    if (path_.starts_with('/')) at = path_.starts_with(folder) ? folder.size() : path_.size();
    for (; at < path_.size(); ++at) {
      path_[at] = static_cast<char>(std::tolower(static_cast<unsigned char>(path_[at])));
    }
  }
  [[nodiscard]] const char* get() const { return path_.c_str(); }

 private:
  std::string path_;
};

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
  return real(folder, Small(path).get(), flags, mode);
}

ssize_t readlink(const char* path, char* target, size_t size) noexcept {
  static auto* const real = next<ssize_t(const char*, char*, size_t)>("readlink");
  return real(Small(path).get(), target, size);
}

DIR* opendir(const char* path) {
  static auto* const real = next<DIR*(const char*)>("opendir");
  return real(Small(path).get());
}

int stat(const char* path, struct stat* info) noexcept {
  static auto* const real = next<int(const char*, struct stat*)>("stat");
  return real(Small(path).get(), info);
}

int fstatat(int folder, const char* path, struct stat* info, int flags) noexcept {
  static auto* const real = next<int(int, const char*, struct stat*, int)>("fstatat");
  return real(folder, Small(path).get(), info, flags);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*)>("renameat");
  return real(from_folder, from, to_folder, Small(to).get());
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*, unsigned)>("renameat2");
  return real(from_folder, from, to_folder, Small(to).get(), flags);
}

int mkdir(const char* path, mode_t mode) noexcept {
  static auto* const real = next<int(const char*, mode_t)>("mkdir");
  return real(Small(path).get(), mode);
}

}  // extern "C"
// NOLINTEND(cert-dcl50-cpp,clang-analyzer-valist.Uninitialized)
