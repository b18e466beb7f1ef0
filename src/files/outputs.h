// All that one run writes: its temporary files, its folders, and what keeps them from its inputs.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>

#include "files/descriptor.h"
#include "files/identity/job_files.h"

namespace qsample {

/// What a run writes, through OutputFile. Thread-safe.
class Outputs {
 public:
  explicit Outputs(OnWait on_wait = {}) : on_wait_(std::move(on_wait)) {}
  Outputs(const Outputs&) = delete;
  Outputs& operator=(const Outputs&) = delete;

  [[nodiscard]] const OnWait& on_wait() const { return on_wait_; }
  /// What it reads and will write, so that none of these is replaced.
  [[nodiscard]] JobFiles& files() { return files_; }

  /// Makes a folder and those above it, and clears it. Throws Error.
  void make_folder(const std::string& folder);
  /// Removes the temporary files that killed runs have left in a folder, once, if it is there.
  void clear_folder(const std::string& folder);
  /// Syncs the folders that files were put into since the last call: then the names, too, outlast a
  /// power cut. Throws Error for the first that can't be, after the others are done.
  void sync();

  /// How many files have got their names.
  [[nodiscard]] std::size_t committed() const { return committed_; }

  /// For an end that can't wait for those who write: removes all temporary files. From then on none
  /// is made or gets its name; a thread that would waits for ever.
  void abandon();

 private:
  friend class OutputFile;

  // To be held while a temporary file is made or gets its name.
  [[nodiscard]] std::shared_lock<std::shared_mutex> enter();
  // A temporary file in a folder that is open as long as it is known here.
  void add(int folder, const std::string& name);
  void remove(int folder, const std::string& name);
  // A file got its name in a folder.
  void note_commit() { ++committed_; }
  void note_change(const std::string& folder);

  struct Folder {
    bool cleared = false;
    bool unsynced = false;
  };

  OnWait on_wait_;
  JobFiles files_;
  std::atomic<bool> abandoned_{false};
  std::shared_mutex door_;
  std::mutex mutex_;  // of what follows
  std::set<std::pair<int, std::string>> temporaries_;
  std::atomic<std::size_t> committed_{0};
  std::mutex folders_mutex_;
  std::map<std::string, Folder> folders_;
};

}  // namespace qsample
