#include "files/outputs.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "files/descriptor.h"
#include "files/identity/place.h"
#include "files/temporaries.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

// False, with errno set, where it can't be done.
bool sync_folder(const std::string& folder) {
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

}  // namespace

void Outputs::make_folder(const std::string& folder) {
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

void Outputs::clear_folder(const std::string& folder) {
  const std::scoped_lock lock(folders_mutex_);
  if (!std::exchange(folders_[folder].cleared, true)) remove_left_temporaries(folder);
}

void Outputs::note_change(const std::string& folder) {
  const std::scoped_lock lock(folders_mutex_);
  folders_[folder].unsynced = true;
}

void Outputs::sync() {
  const std::scoped_lock lock(folders_mutex_);
  std::string failed;
  int error = 0;
  for (auto& [name, folder] : folders_) {
    if (!std::exchange(folder.unsynced, false) || sync_folder(name) || error != 0) continue;
    error = errno;
    failed = name;
  }
  if (error != 0) fail_with(failed, error);
}

std::shared_lock<std::shared_mutex> Outputs::enter() {
  abandoned_.wait(true);
  return std::shared_lock(door_);
}

void Outputs::add(int folder, const std::string& name) {
  const std::scoped_lock lock(mutex_);
  temporaries_.emplace(folder, name);
}

void Outputs::remove(int folder, const std::string& name) {
  const std::scoped_lock lock(mutex_);
  temporaries_.erase({folder, name});
}

void Outputs::abandon() {
  abandoned_ = true;
  door_.lock();  // for good
  const std::scoped_lock lock(mutex_);
  for (const auto& [folder, name] : temporaries_) ::unlinkat(folder, name.c_str(), 0);
}

}  // namespace qsample
