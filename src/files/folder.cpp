#include "files/folder.h"

#include <dirent.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <system_error>
#include <vector>

#include "files/descriptor.h"
#include "files/place.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryStart = ".qsample-";
constexpr std::string_view kTemporaryEnd = ".tmp";

// A user may call a file nearly so.
bool is_temporary(std::string_view name) {
  if (!name.starts_with(kTemporaryStart)) return false;
  unsigned process = 0;
  unsigned number = 0;
  const char* const end = name.data() + name.size();
  const auto dash = std::from_chars(name.data() + kTemporaryStart.size(), end, process).ptr;
  if (dash == end) return false;
  std::from_chars(dash + 1, end, number);
  return name == temporary_name(process, number);
}

// A temporary file is locked by the run that writes it, and the system drops the lock when that
// run ends, however it ends. So one that can be locked has been left behind. Over NFS the lock is
// seen by other hosts too; a file system without locks lets nobody have one.
void remove_if_left(int folder, const char* name) {
  constexpr int kFlags = O_NOFOLLOW | O_NONBLOCK;
  // For writing, as NFS wants it for a lock that excludes others.
  Descriptor file(open_file_at(folder, name, O_WRONLY | kFlags));
  if (file.get() < 0 && errno == EACCES) file.reset(open_file_at(folder, name, O_RDONLY | kFlags));
  if (file.get() < 0 || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return;
  struct stat open {};
  struct stat named {};
  if (::fstat(file.get(), &open) == 0 && S_ISREG(open.st_mode) &&
      ::fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && id_of(open) == id_of(named)) {
    ::unlinkat(folder, name, 0);
  }
}

void remove_left_temporaries(const std::string& folder) {
  const std::unique_ptr<DIR, CloseFolder> entries(::opendir(folder.c_str()));
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries.get())) {
    const auto* name = static_cast<const char*>(entry->d_name);
    if (is_temporary(name)) remove_if_left(::dirfd(entries.get()), name);
  }
}

// The folders that this run writes to.
class Folders {
 public:
  void clear(const std::string& folder) {
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
    // A folder that may be written to but not listed can't be synced by us, and one that is gone
    // has lost its files already.
    if (file.get() < 0) return errno == EACCES || errno == ENOENT;
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

}  // namespace

std::string temporary_name(unsigned process, unsigned number) {
  return std::string(kTemporaryStart) + std::to_string(process) + "-" + std::to_string(number) +
         std::string(kTemporaryEnd);
}

void clear_folder(const std::string& folder) { folders().clear(folder); }

void note_change(const std::string& folder) { folders().note_change(folder); }

void make_folder(const std::string& folder) {
  std::vector<std::string> changed;
  std::error_code error;
  for (fs::path part = folder; !part.empty() && !fs::exists(part, error);
       part = part.parent_path()) {
    changed.push_back(folder_of(part));
  }
  fs::create_directories(folder, error);
  if (error) throw Error(folder + ": cannot make this folder: " + error.message());
  for (const auto& parent : changed) note_change(parent);
  clear_folder(folder);
}

void sync_folders() { folders().sync(); }

}  // namespace qsample
