// The memory that the jobs of a run share, so that none of them, and no two at once, take more than
// there is.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>

#include "qsample/image_io.h"
#include "qsample/jobs/forward_process.h"
#include "qsample/run.h"

namespace qsample {

/// Bytes that this process may take, as far as it can be told: three quarters of the machine's
/// memory, of what the control groups that it is in allow (version 1 or 2) or of its own limit
/// (RLIMIT_AS, RLIMIT_DATA), whichever is least, minus what the program takes for itself.
[[nodiscard]] std::size_t default_memory();

/// What all leases hold together. Thread-safe.
class MemoryBudget {
 public:
  /// Without a limit it is default_memory().
  explicit MemoryBudget(std::optional<std::size_t> limit) : limit_(limit) {}

  [[nodiscard]] std::size_t limit();

 private:
  friend class MemoryLease;

  std::mutex mutex_;
  std::condition_variable released_;
  std::optional<std::size_t> limit_;
  std::size_t held_ = 0;
  std::size_t next_ticket_ = 0;  // of those that wait, in their order
  std::size_t served_ = 0;
};

/// Thrown where a job must wait for others to end. A job that waits holds nothing, lest two wait
/// for each other: it lets go of everything, calls MemoryLease::wait() and begins again.
class MemoryTaken : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "others hold the memory"; }
};

/// What one job holds of a budget; given back at its end.
class MemoryLease {
 public:
  /// Without a budget there is no limit.
  explicit MemoryLease(MemoryBudget* budget) : budget_(budget) {}
  MemoryLease(const MemoryLease&) = delete;
  MemoryLease& operator=(const MemoryLease&) = delete;
  ~MemoryLease() { release(); }

  /// Holds `bytes` in all, or more where it does already. Throws Error where that is more than the
  /// whole budget, MemoryTaken where it is more than others leave.
  void hold(std::size_t bytes);
  /// Holds so many bytes more; throws likewise.
  void hold_more(std::size_t bytes) { hold(held_ + bytes); }

  /// Lets go of all, and waits, in turn, until it holds what hold() could not. Throws Interrupted
  /// soon after `stop` is set.
  void wait(Stop stop);

  /// Bytes that the lease could hold if it were alone.
  [[nodiscard]] std::size_t limit() const;

 private:
  void release();

  MemoryBudget* budget_;
  std::size_t held_ = 0;
  std::size_t wanted_ = 0;
};

/// Bytes that the noise of an image takes at the most, before any path is visited.
[[nodiscard]] std::size_t noise_memory(const ForwardProcess& process, const Footprint& image);

/// Bytes that x_0 takes as a process sees it at one timestep: see seen_at().
[[nodiscard]] std::size_t corruption_memory(const ForwardProcess& process, const Footprint& image);

/// Bytes that a visit of the whole image along its path takes: see visit_image().
[[nodiscard]] std::size_t visit_memory(const ForwardProcess& process, const Footprint& image);

/// Calls work() until it is not for want of memory that others hold that it ends.
template <class Work>
auto with_memory(MemoryLease& lease, Stop stop, const Work& work) {
  for (;;) {
    try {
      return work();
    } catch (const MemoryTaken&) {
      // Outside of the handler, so that all that the work had is gone by then.
    }
    lease.wait(stop);
  }
}

}  // namespace qsample
