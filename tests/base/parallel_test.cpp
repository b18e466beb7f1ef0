#include "base/parallel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

TEST(ParallelFor, DoesEachOnce) {
  for (const int workers : {1, 2, 7}) {
    std::vector<std::atomic<int>> counts(1000);
    parallel_for(counts.size(), workers, [&](std::size_t i) { ++counts[i]; });
    for (const auto& count : counts) EXPECT_EQ(count, 1);
  }
  parallel_for(0, 4, [](std::size_t) { FAIL(); });
}

TEST(ParallelFor, UsesTheThreadsItIsGiven) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::atomic<int> waiting{0};
  parallel_for(3, 3, [&](std::size_t) {
    // Each waits for the others: only three threads get through.
    ++waiting;
    while (waiting < 3) std::this_thread::yield();
    const std::scoped_lock lock(mutex);
    threads.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(threads.size(), 3U);
}

TEST(ParallelFor, OneThreadStopsWhereItsWorkThrows) {
  int begun = 0;
  const auto work = [&](std::size_t i) {
    ++begun;
    if (i == 3) throw Error("three");
  };
  EXPECT_THROW(parallel_for(1000, 1, work), Error);
  EXPECT_EQ(begun, 4);
}

// Set where the thread that holds it ends.
struct SetAtTheEnd {
  explicit SetAtTheEnd(std::promise<void>& ended) : promise(ended) {}
  SetAtTheEnd(const SetAtTheEnd&) = delete;
  SetAtTheEnd& operator=(const SetAtTheEnd&) = delete;
  ~SetAtTheEnd() { promise.set_value(); }
  std::promise<void>& promise;
};

// Two threads begin a piece each; the helper's throws, and the caller's ends only when the helper
// has ended, so that whatever was to keep the caller from the other 998 has happened.
TEST(ParallelFor, ThrowsWhatWorkThrowsAndBeginsNothingMore) {
  std::promise<void> helper_ended;
  const auto caller = std::this_thread::get_id();
  std::atomic<int> begun{0};
  const auto work = [&](std::size_t) {
    ++begun;
    while (begun < 2) std::this_thread::yield();
    if (std::this_thread::get_id() == caller) {
      const auto waited = helper_ended.get_future().wait_for(std::chrono::minutes(1));
      EXPECT_EQ(waited, std::future_status::ready);
      return;
    }
    thread_local const SetAtTheEnd at_the_end(helper_ended);
    throw Error("the helper's");
  };
  try {
    parallel_for(1000, 2, work);
    FAIL() << "nothing was thrown";
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "the helper's");
  }
  EXPECT_EQ(begun, 2);
}

TEST(ParallelInTurns, DoesEachOnceAndNoMoreAtOnceThanMayWork) {
  for (const int workers : {1, 3}) {
    std::vector<std::atomic<int>> counts(200);
    std::atomic<int> working{0};
    std::atomic<int> most{0};
    parallel_in_turns(counts.size(), workers, [&](std::size_t i) {
      const int now = ++working;
      for (int before = most; before < now && !most.compare_exchange_weak(before, now);) {
      }
      ++counts[i];
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      --working;
    });
    for (const auto& count : counts) EXPECT_EQ(count, 1);
    EXPECT_LE(most, workers);
  }
}

TEST(ParallelInTurns, OthersWorkWhileOneRests) {
  std::atomic<int> resting{0};
  // Each rests until all others do: one worker alone never gets here.
  parallel_in_turns(1 + kResting, 1, [&](std::size_t) {
    const Turns::Rest rest;
    ++resting;
    while (resting <= kResting) std::this_thread::yield();
  });
  EXPECT_EQ(resting, 1 + kResting);
  const Turns::Rest without_a_turn;  // changes nothing
}

TEST(ParallelInTurns, TheFirstExceptionEndsIt) {
  std::atomic<int> begun{0};
  const auto work = [&](std::size_t i) {
    ++begun;
    if (i == 3) throw Error("three");
    if (i > 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  EXPECT_THROW(parallel_in_turns(100000, 2, work), Error);
  EXPECT_LT(begun, 1000);
}

TEST(ParallelInOrder, GivesEachInOrderWhoeverIsFirst) {
  for (const int workers : {1, 2, 7}) {
    std::vector<std::size_t> got;
    parallel_in_order(
        200, workers,
        [](std::size_t i) {
          // The first of several takes longest.
          if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
          return i * i;
        },
        [&](std::size_t i, std::size_t square) {
          EXPECT_EQ(square, i * i);
          got.push_back(i);
        });
    ASSERT_EQ(got.size(), 200U);
    EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
  }
}

TEST(ParallelInOrder, EndsWithWhatEitherThrowsAndWaitsForNobody) {
  const auto make = [](std::size_t i) {
    if (i == 3) throw Error("made no three");
    return i;
  };
  std::vector<std::size_t> got;
  const auto put = [&](std::size_t i, std::size_t /*made*/) { got.push_back(i); };
  EXPECT_THROW(parallel_in_order(1000, 5, make, put), Error);
  EXPECT_LE(got.size(), 3U);
  const auto full = [](std::size_t i, std::size_t /*made*/) {
    if (i == 2) throw Error("disk full");
  };
  EXPECT_THROW(parallel_in_order(
                   1000, 5, [](std::size_t i) { return i; }, full),
               Error);
}

TEST(PullInOrder, PutsWhatWasPulledInItsOrder) {
  for (const int workers : {1, 2, 5}) {
    int next = 0;
    std::vector<int> got;
    std::atomic<int> held{0};
    std::atomic<int> most{0};
    pull_in_order(
        workers,
        [&]() -> std::optional<int> {
          if (next == 200) return std::nullopt;
          most = std::max(most.load(), ++held);
          return next++;
        },
        [](int i) {
          if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
          return i * i;
        },
        [&](int square) {
          got.push_back(square);
          --held;
        });
    ASSERT_EQ(got.size(), 200U);
    EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
    EXPECT_LE(most, workers);
  }
}

TEST(PullInOrder, EndsWithWhatAnyThrowsAndWaitsForNobody) {
  for (const int thrower : {0, 1, 2}) {
    int next = 0;
    std::vector<int> got;
    const auto fail_at = [&](int who, int i, int at) {
      if (who == thrower && i == at) throw Error("no more");
    };
    EXPECT_THROW(pull_in_order(
                     5,
                     [&]() -> std::optional<int> {
                       fail_at(0, next, 30);
                       return next++;
                     },
                     [&](int i) {
                       fail_at(1, i, 20);
                       return i;
                     },
                     [&](int i) {
                       fail_at(2, i, 10);
                       got.push_back(i);
                     }),
                 Error);
    EXPECT_LE(got.size(), 30U);
    EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
  }
}

}  // namespace
}  // namespace qsample
