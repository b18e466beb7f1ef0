#include "pipeline/memory_budget.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

TEST(MemoryBudget, RefusesWhatIsMoreThanAllOfIt) {
  MemoryBudget budget(100);
  MemoryLease lease(&budget);
  EXPECT_NO_THROW(lease.hold(100));
  EXPECT_THROW(lease.hold(101), Error);
  MemoryLease free(nullptr);
  EXPECT_NO_THROW(free.hold(std::size_t{1} << 60));
}

TEST(MemoryBudget, IsGivenBackWithTheLease) {
  MemoryBudget budget(100);
  {
    MemoryLease first(&budget);
    first.hold(60);
    first.hold(20);  // it holds more already
    MemoryLease second(&budget);
    EXPECT_THROW(second.hold(41), MemoryTaken);
    EXPECT_NO_THROW(second.hold(40));
  }
  MemoryLease third(&budget);
  EXPECT_NO_THROW(third.hold(100));
}

// Each job wants more than half at its second step, which two at once could never have.
TEST(MemoryBudget, JobsThatGrowEndAllAndNeverHoldMoreThanItTogether) {
  MemoryBudget budget(100);
  std::atomic<int> held{0};
  std::atomic<int> most{0};
  std::atomic<int> done{0};
  const auto job = [&] {
    MemoryLease lease(&budget);
    with_memory(lease, nullptr, [&] {
      lease.hold(30);
      lease.hold(70);
      const int now = held += 70;
      int before = most;
      while (now > before && !most.compare_exchange_weak(before, now)) {
      }
      std::this_thread::yield();
      held -= 70;
      return 0;
    });
    ++done;
  };
  std::vector<std::jthread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) job();
    });
  }
  threads.clear();
  EXPECT_EQ(done, 400);
  EXPECT_LE(most, 100);
}

TEST(MemoryBudget, AWaitEndsWhenItIsStopped) {
  MemoryBudget budget(100);
  MemoryLease first(&budget);
  first.hold(100);
  std::atomic<bool> stop{false};
  std::atomic<int> interrupted{0};
  std::vector<std::jthread> threads;
  threads.reserve(2);
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      MemoryLease second(&budget);
      try {
        with_memory(second, &stop, [&] { return second.hold(50), 0; });
      } catch (const Interrupted&) {
        ++interrupted;
      }
    });
  }
  stop = true;
  threads.clear();
  EXPECT_EQ(interrupted, 2);
}

TEST(MemoryBudget, TheDefaultIsLessThanTheProcessMayTake) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer takes more address space than a limit lets it have";
#endif
  EXPECT_GT(default_memory(), std::size_t{1} << 20);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_DATA, &before), 0);
  rlimit lower = before;
  lower.rlim_cur = std::size_t{4} << 30;
  ASSERT_EQ(::setrlimit(RLIMIT_DATA, &lower), 0);
  const std::size_t limited = default_memory();
  (void)::setrlimit(RLIMIT_DATA, &before);
  EXPECT_LE(limited, std::size_t{3} << 30);
}

}  // namespace
}  // namespace qsample
