#include "pipeline/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

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

}  // namespace
}  // namespace qsample
