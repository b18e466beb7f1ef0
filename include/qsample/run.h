// How a long job is run: on how many threads, until when, and who is told how far it is.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
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

/// What becomes of one output of a job.
struct Result {
  enum class Status { planned, written, kept, failed };
  Status status = Status::planned;
  std::string input = {};
  std::string output = {};
  std::string error = {};   ///< of one that failed, the whole message
  std::string record = {};  ///< how it was made, as JSON; empty where that is not told
};

/// Told of outputs, each as soon as all before it are told, one at a time.
using OnResult = std::function<void(const Result& result)>;

class Outputs;

struct RunOptions {
  int workers = 1;             ///< threads
  Stop stop = nullptr;         ///< Interrupted is thrown soon after it is set
  Progress progress = {};      ///< may be empty
  Outputs* outputs = nullptr;  ///< what the run writes, where the caller wants to know of it
  OnResult on_result = {};     ///< may be empty
  /// Tell what would be written, and write nothing: all is checked that is known before an input is
  /// read.
  bool dry_run = false;

  /// Throws Interrupted where work should end.
  void tell(const Headway& headway) const {
    throw_if(stop);
    if (progress) progress(headway);
  }
};

}  // namespace qsample
