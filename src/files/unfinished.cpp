#include "files/unfinished.h"

#include <unistd.h>

#include "files/file.h"

namespace qsample {

std::shared_lock<std::shared_mutex> Unfinished::enter() {
  abandoned_.wait(true);
  return std::shared_lock(door_);
}

void Unfinished::add(int folder, const std::string& name) {
  const std::scoped_lock lock(mutex_);
  files_.emplace(folder, name);
}

void Unfinished::remove(int folder, const std::string& name) {
  const std::scoped_lock lock(mutex_);
  files_.erase({folder, name});
}

void Unfinished::abandon() {
  abandoned_ = true;
  door_.lock();  // for good
  const std::scoped_lock lock(mutex_);
  for (const auto& [folder, name] : files_) ::unlinkat(folder, name.c_str(), 0);
}

// Never destroyed: another thread may abandon them while main() ends.
Unfinished& unfinished() {
  static auto& all = *new Unfinished;  // NOLINT(cppcoreguidelines-owning-memory)
  return all;
}

void abandon_output_files() { unfinished().abandon(); }

std::size_t committed_files() { return unfinished().committed(); }

}  // namespace qsample
