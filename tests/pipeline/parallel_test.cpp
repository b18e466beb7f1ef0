#include "pipeline/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
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

TEST(ParallelFor, ThrowsWhatWorkThrowsAndBeginsNothingMore) {
  std::atomic<int> begun{0};
  const auto work = [&](std::size_t i) {
    ++begun;
    if (i == 3) throw Error("three");
  };
  EXPECT_THROW(parallel_for(1'000'000, 2, work), Error);
  EXPECT_LT(begun, 1'000'000);
}

}  // namespace
}  // namespace qsample
