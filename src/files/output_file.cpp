#include "files/output_file.h"

#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/parallel.h"
#include "files/permissions.h"
#include "files/temporaries.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr mode_t kMode = 0666;  // less the umask
// A file is sent to the disk in parts of this size while it is written, so that the sync at its
// end, which nothing can interrupt, has little left.
constexpr off_t kWriteBack = off_t{1} << 25;
// Up to this size it is the disk's journal that a sync waits for, which serves many at once; and
// little memory is held meanwhile.
constexpr off_t kRested = off_t{1} << 23;
constexpr mode_t kModeAtFirst = 0600;  // of a file that will have the permissions of another

}  // namespace

std::string exists_already(const std::string& path, const std::string& more,
                           const std::string& remedy) {
  return path + ": exists already" + more + "; " + remedy;
}

OutputFile::OutputFile(std::string path, const OutputRules& rules, Outputs& outputs)
    : path_(std::move(path)),
      rules_(rules),
      outputs_(outputs),
      patience_("a reader of " + path_, outputs.on_wait()) {
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
  if (exists) check_kind(info.st_mode);
  if (exists && !S_ISREG(info.st_mode)) {
    open_directly();
    return;
  }
  if (exists && !rules_.overwrite) fail(EEXIST);
  if (exists) old_ = info;
  open_folder();
  open_temporary();
}

OutputFile::~OutputFile() {
  if (temporary_.empty()) return;
  ::unlinkat(folder_.get(), temporary_.c_str(), 0);
  outputs_.remove(folder_.get(), temporary_);
}

void OutputFile::fail(int error) const {
  if (error == EEXIST) throw Error(exists_already(path_));
  fail_with(path_, error);
}

void OutputFile::check_kind(mode_t mode) const {
  if (S_ISDIR(mode)) throw Error(path_ + ": is a folder; name a file in it");
  const auto other = other_kind(mode, rules_.kinds);
  if (!other.empty()) throw Error(path_ + ": is " + other + ", not a file");
}

void OutputFile::open_directly() {
  may_block_ = true;
  // A pipe that nobody reads yet can't be opened like this: see read_file.
  for (;;) {
    file_.reset(open_file(path_, O_WRONLY | O_NONBLOCK));
    if (file_.get() >= 0) break;
    if (errno != ENXIO) fail(errno);
    patience_.pause();
  }
  struct stat info {};
  if (::fstat(file_.get(), &info) != 0) fail(errno);
  if (S_ISREG(info.st_mode)) fail(EEXIST);  // since a moment ago
}

void OutputFile::open_folder() {
  const std::filesystem::path target = follow_links(path_);
  folder_name_ = folder_of(target);
  name_ = target.filename();
  outputs_.clear_folder(folder_name_);
  folder_.reset(open_file(folder_name_, O_PATH | O_DIRECTORY));
  if (folder_.get() < 0) fail(errno);
}

// Opens and locks a new file beside the target under a name that no other run uses.
void OutputFile::open_temporary() {
  static std::atomic<unsigned> counter{0};
  const auto door = outputs_.enter();
  const auto process = static_cast<unsigned>(::getpid());
  for (;;) {
    const auto name = temporary_name(process, counter++);
    file_.reset(
        open_file_at(folder_.get(), name, O_RDWR | O_CREAT | O_EXCL, old_ ? kModeAtFirst : kMode));
    if (file_.get() < 0 && errno == EEXIST) continue;
    if (file_.get() < 0) fail(errno);
    // Between the two calls another run may have taken it for one left behind.
    struct stat info {};
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) continue;
    if (::fstat(file_.get(), &info) == 0) {
      if (info.st_nlink == 0) continue;
      id_ = id_of(info);
    }
    temporary_ = name;
    outputs_.add(folder_.get(), name);
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
    if (n <= 0) continue;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    written_ += n;
    if (!temporary_.empty() && written_ - sent_ >= kWriteBack) write_back();
  }
}

void OutputFile::write_at(std::size_t place, Bytes bytes) {
  written_ += static_cast<off_t>(bytes.size());
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(place));
    if (n < 0 && errno != EINTR) fail(errno);
    if (n == 0) fail(EIO);
    if (n <= 0) continue;
    place += static_cast<std::size_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  if (written_ - sent_ < kWriteBack) return;
  // A wish, of the whole file: it is written here and there.
  (void)::sync_file_range(file_.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
  sent_ = written_;
}

// Has what was written since the last time go to the disk, after waiting for what went before.
void OutputFile::write_back() {
  constexpr unsigned kWait =
      SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  // Wishes both: fsync() tells what went wrong.
  if (sent_ > 0) (void)::sync_file_range(file_.get(), 0, sent_, kWait);
  (void)::sync_file_range(file_.get(), sent_, written_ - sent_, SYNC_FILE_RANGE_WRITE);
  sent_ = written_;
}

void OutputFile::commit() {
  if (temporary_.empty()) {
    if (!file_.close()) fail(errno);
    return;
  }
  sync();
  take_place();
  outputs_.note_change(folder_name_);
  // It is closed, and so unlocked, after the rename only; fsync() has told what close() could.
  (void)file_.close();
}

void OutputFile::sync() const {
  std::optional<Turns::Rest> rest;
  if (written_ <= kRested) rest.emplace();
  while (::fsync(file_.get()) != 0) {
    if (errno != EINTR) fail(errno);
  }
}

void OutputFile::take_place() {
  const auto door = outputs_.enter();
  const auto turn = outputs_.files().turn();
  if (rules_.overwrite) prepare_to_replace();
  if (!put_in_place()) fail(errno);
  outputs_.remove(folder_.get(), std::exchange(temporary_, {}));
  outputs_.note_commit();
  outputs_.files().has_written(id_);
}

// Looks at the place again, since folders and files may have been moved meanwhile.
void OutputFile::prepare_to_replace() {
  struct stat there {};
  if (::fstatat(folder_.get(), name_.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0) {
    if (!S_ISLNK(there.st_mode)) check_kind(there.st_mode);
    const char* part = outputs_.files().part_of(id_of(there));
    if (part != nullptr) throw Error(path_ + ": is " + part + " by now; it is left as it is");
    if (S_ISREG(there.st_mode)) old_ = there;
  } else if (errno != ENOENT) {
    fail(errno);
  }
  if (old_ && !take_permissions(file_.get(), folder_.get(), name_, *old_)) fail(errno);
}

// Gives the temporary file its name; false with errno set where that can't be done.
bool OutputFile::put_in_place() const {
  const int folder = folder_.get();
  const char* from = temporary_.c_str();
  const char* to = name_.c_str();
  if (rules_.overwrite) return ::renameat(folder, from, folder, to) == 0;
  if (::renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  // A file system that has no such rename: a hard link does not replace anything either.
  if (::linkat(folder, from, folder, to, 0) == 0) {
    ::unlinkat(folder, from, 0);
    return true;
  }
  // One that has no links: what is left is to look first.
  if (errno != EPERM && errno != EOPNOTSUPP) return false;
  struct stat info {};
  if (::fstatat(folder, to, &info, AT_SYMLINK_NOFOLLOW) == 0) {
    errno = EEXIST;
    return false;
  }
  return ::renameat(folder, from, folder, to) == 0;
}

}  // namespace qsample
