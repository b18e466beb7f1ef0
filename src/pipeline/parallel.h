// Work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "qsample/error.h"

namespace qsample {

/// Thrown where work ends early because `Stop` was set.
class Interrupted : public Error {
 public:
  Interrupted() : Error("interrupted") {}
};

/// Set, by a signal handler for instance, when work should end; null where nothing ever sets it.
using Stop = const std::atomic<bool>*;

inline void throw_if(Stop stop) {
  if (stop != nullptr && stop->load(std::memory_order_relaxed)) throw Interrupted();
}

/// How many threads this process may run at once.
inline int default_workers() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// How many threads keep `workers` cores at work where each piece ends with a wait for the disk:
/// one more, which waits in its turn.
inline int workers_and_one_that_waits(int workers) { return workers > 1 ? workers + 1 : 1; }

/// Calls work(i) once for each i in 0..count-1, on `workers` threads, the caller's among them. The
/// first exception ends it: no further i is begun, and it is thrown again once all threads are
/// done.
template <class Work>
void parallel_for(std::size_t count, int workers, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::scoped_lock lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    const auto threads = std::min(count, static_cast<std::size_t>(std::max(1, workers)));
    try {
      for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(run);
    } catch (const std::system_error&) {
      // The system lets us have no more: fewer do the same.
    }
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace qsample
