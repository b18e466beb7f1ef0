// Work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace qsample {

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

/// Who may work, where more threads are there than shall work at once, since some of them wait for
/// the disk: they rest meanwhile, and others have their turn. Thread-safe.
class Turns {
 public:
  explicit Turns(int at_once) : at_once_(at_once) {}

  /// What a thread has while it lives; it waits for it.
  class Turn {
   public:
    explicit Turn(Turns& turns) : turns_(turns) {
      std::unique_lock lock(turns_.mutex_);
      turns_.ended_.wait(lock, [&] { return turns_.working_ < turns_.at_once_; });
      ++turns_.working_;
      current_ = &turns_;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      current_ = nullptr;
      turns_.end();
    }

   private:
    Turns& turns_;
  };

  /// While it lives, another may work in the stead of this thread, if that has a turn. At its end
  /// the thread works on at once: it may hold what others wait for.
  class Rest {
   public:
    Rest() : turns_(current_) {
      if (turns_ != nullptr) turns_->end();
    }
    Rest(const Rest&) = delete;
    Rest& operator=(const Rest&) = delete;
    ~Rest() {
      if (turns_ == nullptr) return;
      const std::scoped_lock lock(turns_->mutex_);
      ++turns_->working_;
    }

   private:
    Turns* turns_;
  };

 private:
  void end() {
    {
      const std::scoped_lock lock(mutex_);
      --working_;
    }
    ended_.notify_one();
  }

  static inline thread_local Turns* current_ = nullptr;
  const int at_once_;
  int working_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
};

/// How many threads more than `workers` are worth having where they rest while they wait for the
/// disk: file systems sync the files of several in hardly more time than one's.
inline constexpr int kResting = 8;

/// Calls work(i) as parallel_for does, in turns: `workers` at once, and kResting more at rest.
template <class Work>
void parallel_in_turns(std::size_t count, int workers, const Work& work) {
  Turns turns(std::max(1, workers));
  std::atomic<std::size_t> next{0};
  const auto threads = std::min(count, static_cast<std::size_t>(std::max(1, workers) + kResting));
  parallel_for(threads, static_cast<int>(threads), [&](std::size_t /*thread*/) {
    for (;;) {
      const Turns::Turn turn(turns);
      const std::size_t i = next++;
      if (i >= count) return;
      try {
        work(i);
      } catch (...) {
        next = count;
        throw;
      }
    }
  });
}

/// Calls put(i, make(i)) once for each i in 0..count-1: make(i) on `workers` threads, put in the
/// order of i and never twice at once. A thread that has made waits for its turn, so that no more
/// is held than there are threads. The first exception ends it, as in parallel_for.
template <class Make, class Put>
void parallel_in_order(std::size_t count, int workers, const Make& make, const Put& put) {
  std::mutex mutex;
  std::condition_variable turn_passed;
  std::size_t turn = 0;
  bool failed = false;
  parallel_for(count, workers, [&](std::size_t i) {
    try {
      auto made = make(i);
      std::unique_lock lock(mutex);
      turn_passed.wait(lock, [&] { return failed || turn == i; });
      if (failed) return;
      put(i, std::move(made));
      ++turn;
    } catch (...) {
      const std::scoped_lock lock(mutex);
      failed = true;
      turn_passed.notify_all();
      throw;
    }
    turn_passed.notify_all();
  });
}

/// Calls put(make(thing)) for each thing that pull() gives, until it gives none: pull and put never
/// twice at once and in the same order, make on `workers` threads. A thread that has made waits for
/// its turn, so that no more is held than there are threads. The first exception ends it, and is
/// thrown again once all threads are done.
template <class Pull, class Make, class Put>
void pull_in_order(int workers, const Pull& pull, const Make& make, const Put& put) {
  std::mutex pulling;
  std::mutex putting;
  std::condition_variable turn_passed;
  std::size_t pulled = 0;
  std::size_t turn = 0;
  bool ended = false;   // of pulling
  bool failed = false;  // of putting
  const auto fail = [&] {
    {
      const std::scoped_lock lock(pulling);
      ended = true;
    }
    const std::scoped_lock lock(putting);
    failed = true;
    turn_passed.notify_all();
  };
  const auto work = [&] {
    for (;;) {
      decltype(pull()) thing;
      std::size_t number = 0;
      {
        const std::scoped_lock lock(pulling);
        if (ended) return;
        thing = pull();
        ended = !thing;
        if (ended) return;
        number = pulled++;
      }
      auto made = make(std::move(*thing));
      thing.reset();
      std::unique_lock lock(putting);
      turn_passed.wait(lock, [&] { return failed || turn == number; });
      if (failed) return;
      put(std::move(made));
      ++turn;
      turn_passed.notify_all();
    }
  };
  const auto threads = static_cast<std::size_t>(std::max(1, workers));
  parallel_for(threads, workers, [&](std::size_t /*thread*/) {
    try {
      work();
    } catch (...) {
      fail();
      throw;
    }
  });
}

}  // namespace qsample
