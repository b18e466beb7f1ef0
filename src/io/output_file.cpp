// Output files and the folders that hold them.

#include <dirent.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string_view>
#include <system_error>

#include "io/file.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryStart = ".qsample-";
constexpr std::string_view kTemporaryEnd = ".tmp";
constexpr mode_t kMode = 0666;  // less the umask
constexpr int kMaxLinks = 40;   // as many as the kernel follows

// True if `path` still names the file that is open as `fd`.
bool names(const std::string& path, int fd) {
  struct stat open {};
  struct stat named {};
  return ::fstat(fd, &open) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

// A temporary file is locked by the run that writes it, and the system drops the lock when that
// run ends, however it ends. So one that can be locked has been left behind. Over NFS the lock is
// seen by other hosts too; a file system without locks lets nobody have one.
void remove_if_left(const std::string& temporary) {
  // For writing, as NFS wants it for a lock that excludes others.
  const Descriptor file(open_file(temporary, O_WRONLY | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return;
  if (names(temporary, file.get())) ::unlink(temporary.c_str());
}

void remove_left_temporaries(const std::string& folder) {
  DIR* entries = ::opendir(folder.c_str());
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name.starts_with(kTemporaryStart) && name.ends_with(kTemporaryEnd)) {
      remove_if_left((fs::path(folder) / name).string());
    }
  }
  ::closedir(entries);
}

// The folders that this run writes to.
class Folders {
 public:
  // Clears a folder once.
  void enter(const std::string& folder) {
    const std::scoped_lock lock(mutex_);
    if (!std::exchange(states_[folder].cleared, true)) remove_left_temporaries(folder);
  }

  void note_change(const std::string& folder) {
    const std::scoped_lock lock(mutex_);
    states_[folder].unsynced = true;
  }

  void sync() {
    const std::scoped_lock lock(mutex_);
    std::string failed;
    int error = 0;
    for (auto& [folder, state] : states_) {
      if (!std::exchange(state.unsynced, false) || sync_one(folder) || error != 0) continue;
      error = errno;
      failed = folder;
    }
    if (error != 0) fail_with(failed, error);
  }

 private:
  struct State {
    bool cleared = false;
    bool unsynced = false;
  };

  static bool sync_one(const std::string& folder) {
    const Descriptor file(open_file(folder, O_RDONLY | O_DIRECTORY));
    // A folder that may be written to but not listed can't be synced by us.
    if (file.get() < 0) return errno == EACCES;
    while (::fsync(file.get()) != 0) {
      if (errno == EINVAL) return true;  // a file system that has no such thing
      if (errno != EINTR) return false;
    }
    return true;
  }

  std::mutex mutex_;
  std::map<std::string, State> states_;
};

Folders& folders() {
  static Folders all;
  return all;
}

std::string folder_of(const fs::path& path) {
  const auto parent = path.parent_path();
  return parent.empty() ? "." : parent.string();
}

// Where `path` leads by way of symbolic links, though the last may lead to nothing yet.
std::string follow_links(const std::string& path) {
  fs::path target = path;
  for (int links = 0; links < kMaxLinks; ++links) {
    std::error_code error;
    const fs::path next = fs::read_symlink(target, error);
    // What is no link, or not there yet, is the end. Where that can't be told, a link might get
    // lost.
    if (error == std::errc::invalid_argument || error == std::errc::no_such_file_or_directory) {
      return target.string();
    }
    if (error) fail_with(path, error.value());
    target = target.parent_path() / next;
  }
  fail_with(path, ELOOP);
}

}  // namespace

OutputFile::OutputFile(std::string path, bool overwrite)
    : path_(std::move(path)), overwrite_(overwrite), patience_("a reader of " + path_) {
  if (path_ == "-") {
    path_ = "standard output";
    file_.reset(STDOUT_FILENO);
    struct stat info {};
    may_block_ = ::fstat(STDOUT_FILENO, &info) != 0 || !S_ISREG(info.st_mode);
    return;
  }
  struct stat info {};
  const bool exists = ::stat(path_.c_str(), &info) == 0;
  if (!exists && errno != ENOENT) fail(errno);
  if (exists && S_ISDIR(info.st_mode)) throw Error(path_ + ": is a folder; name a file in it");
  if (exists && !S_ISREG(info.st_mode)) {
    open_directly();
  } else {
    if (exists && !overwrite) fail(EEXIST);
    target_ = follow_links(path_);
    folders().enter(folder_of(target_));
    open_temporary();
  }
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::fail(int error) const {
  if (error == EEXIST) throw Error(path_ + ": exists already; --overwrite replaces it");
  fail_with(path_, error);
}

void OutputFile::open_directly() {
  may_block_ = true;
  // A pipe that nobody reads yet can't be opened like this: see read_file.
  for (;;) {
    file_.reset(open_file(path_, O_WRONLY | O_NONBLOCK));
    if (file_.get() >= 0) return;
    if (errno != ENXIO) fail(errno);
    patience_.pause();
  }
}

// Opens and locks a new file beside the target under a name that no other run uses.
void OutputFile::open_temporary() {
  static std::atomic<unsigned> counter{0};
  for (;;) {
    const std::string name = std::string(kTemporaryStart) + std::to_string(::getpid()) + "-" +
                             std::to_string(counter++) + std::string(kTemporaryEnd);
    const auto path = (fs::path(target_).parent_path() / name).string();
    file_.reset(open_file(path, O_WRONLY | O_CREAT | O_EXCL, kMode));
    if (file_.get() < 0 && errno == EEXIST) continue;
    if (file_.get() < 0) fail(errno);
    // Between the two calls another run may have taken it for one left behind.
    struct stat info {};
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) continue;
    if (::fstat(file_.get(), &info) == 0 && info.st_nlink == 0) continue;
    temporary_ = path;
    return;
  }
}

void OutputFile::write(Bytes bytes) {
  while (!bytes.empty()) {
    // So much fits at once into a pipe that has room: the call can't block.
    const auto size = may_block_ ? std::min<std::size_t>(bytes.size(), PIPE_BUF) : bytes.size();
    if (may_block_) patience_.until(file_.get(), POLLOUT);
    const ssize_t n = ::write(file_.get(), bytes.data(), size);
    if (n < 0 && errno != EINTR && errno != EAGAIN) fail(errno);
    if (n == 0) fail(EIO);
    if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

bool OutputFile::is_there_already() const {
  if (temporary_.empty()) return false;
  std::ifstream written(temporary_, std::ios::binary);
  std::ifstream there(target_, std::ios::binary);
  std::array<char, std::size_t{1} << 16> a;
  std::array<char, a.size()> b;
  while (written && there) {
    written.read(a.data(), a.size());
    there.read(b.data(), b.size());
    if (written.gcount() != there.gcount() ||
        !std::equal(a.begin(), a.begin() + written.gcount(), b.begin())) {
      return false;
    }
  }
  return written.eof() && there.eof();
}

void OutputFile::commit() {
  if (target_.empty()) {
    if (!file_.close()) fail(errno);
    return;
  }
  while (::fsync(file_.get()) != 0) {
    if (errno != EINTR) fail(errno);
  }
  // It is closed, and so unlocked, after the rename only; fsync() has told what close() could.
  if (!put_in_place()) fail(errno);
  temporary_.clear();
  folders().note_change(folder_of(target_));
  (void)file_.close();
}

// Gives the temporary file its name; false with errno set where that can't be done.
bool OutputFile::put_in_place() const {
  const char* from = temporary_.c_str();
  const char* to = target_.c_str();
  if (overwrite_) return ::rename(from, to) == 0;
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  // A file system that has no such rename: a hard link does not replace anything either.
  if (::link(from, to) == 0) {
    ::unlink(from);
    return true;
  }
  // One that has no links: what is left is to look first.
  if (errno != EPERM && errno != EOPNOTSUPP) return false;
  struct stat info {};
  if (::lstat(to, &info) == 0) {
    errno = EEXIST;
    return false;
  }
  return ::rename(from, to) == 0;
}

void make_folder(const std::string& folder) {
  std::vector<std::string> changed;
  std::error_code error;
  for (fs::path part = folder; !part.empty() && !fs::exists(part, error);
       part = part.parent_path()) {
    changed.push_back(folder_of(part));
  }
  fs::create_directories(folder, error);
  if (error) throw Error(folder + ": cannot make this folder: " + error.message());
  for (const auto& parent : changed) folders().note_change(parent);
  folders().enter(folder);
}

void sync_folders() { folders().sync(); }

}  // namespace qsample
