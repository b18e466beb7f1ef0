// The temporary files of this process, for an end that can't wait for those who write them.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>

namespace qsample {

class Unfinished {
 public:
  /// To be held while a temporary file is made or gets its name. Once all are abandoned, it waits
  /// for ever.
  [[nodiscard]] std::shared_lock<std::shared_mutex> enter();

  /// A temporary file in a folder that is open as long as it is known here.
  void add(int folder, const std::string& name);
  void remove(int folder, const std::string& name);

  /// Of a file that got its name.
  void count_commit() { ++committed_; }
  [[nodiscard]] std::size_t committed() const { return committed_; }

  /// Removes all; none is made or gets its name any more.
  void abandon();

 private:
  std::atomic<bool> abandoned_{false};
  std::shared_mutex door_;
  std::mutex mutex_;
  std::set<std::pair<int, std::string>> files_;
  std::atomic<std::size_t> committed_{0};
};

/// That of this process.
Unfinished& unfinished();

}  // namespace qsample
