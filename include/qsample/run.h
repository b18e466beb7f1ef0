// How a long job is run: on how many threads, until when, and who is told how far it is.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string_view>

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

/// How far a job is.
struct Headway {
  std::string_view counted;  ///< what it counts, such as "rows read"; a literal
  std::size_t done = 0;
  std::size_t total = 0;   ///< 0: nobody knows
  std::size_t unmade = 0;  ///< of those done, what took no making: it was there, or failed
};

/// Told now and then how far a job is, by any of its threads, by several at once.
using Progress = std::function<void(const Headway& headway)>;

class Outputs;

struct RunOptions {
  int workers = 1;             ///< threads
  Stop stop = nullptr;         ///< Interrupted is thrown soon after it is set
  Progress progress = {};      ///< may be empty
  Outputs* outputs = nullptr;  ///< what the run writes, where the caller wants to know of it

  /// Throws Interrupted where work should end.
  void tell(const Headway& headway) const {
    throw_if(stop);
    if (progress) progress(headway);
  }
};

}  // namespace qsample
