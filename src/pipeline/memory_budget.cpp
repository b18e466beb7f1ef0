#include "pipeline/memory_budget.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/machine/control_groups.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20;
// The program, its libraries, plug-ins and stacks, and what its heap has in reserve.
constexpr std::size_t kOwn = 64 * kMegabyte;
constexpr std::chrono::milliseconds kRound{100};

std::size_t own_limit(decltype(RLIMIT_AS) resource) {
  rlimit limit{};
  const bool known = ::getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return known ? limit.rlim_cur : kNoLimit;
}

std::size_t machine_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long size = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || size <= 0) return kNoLimit;
  return static_cast<std::size_t>(pages) * static_cast<std::size_t>(size);
}

}  // namespace

std::size_t default_memory() {
  const std::size_t least = std::min(
      {machine_memory(), memory_of(ControlGroups{}), own_limit(RLIMIT_AS), own_limit(RLIMIT_DATA)});
  const std::size_t share = least / 4 * 3;
  return share > 2 * kOwn ? share - kOwn : share / 2;
}

std::size_t MemoryBudget::limit() {
  const std::scoped_lock lock(mutex_);
  if (!limit_) limit_ = default_memory();
  return *limit_;
}

std::size_t MemoryLease::limit() const { return budget_ == nullptr ? kNoLimit : budget_->limit(); }

void MemoryLease::hold(std::size_t bytes) {
  if (budget_ == nullptr || bytes <= held_) return;
  const std::size_t limit = budget_->limit();
  if (bytes > limit) {
    throw Error(fmt::format("it needs {} MB of memory, more than `max-memory` {}M",
                            bytes / kMegabyte + 1, limit / kMegabyte));
  }
  const std::scoped_lock lock(budget_->mutex_);
  wanted_ = bytes;
  // One that holds nothing yet lets those go first that wait already.
  const bool in_turn = held_ > 0 || budget_->served_ == budget_->next_ticket_;
  if (!in_turn || bytes - held_ > limit - budget_->held_) throw MemoryTaken();
  budget_->held_ += bytes - held_;
  held_ = bytes;
}

void MemoryLease::wait(Stop stop) {
  release();
  std::unique_lock lock(budget_->mutex_);
  const std::size_t ticket = budget_->next_ticket_++;
  const auto turn = [&] {
    return budget_->served_ == ticket && wanted_ <= *budget_->limit_ - budget_->held_;
  };
  while (!turn() && !(stop != nullptr && stop->load())) budget_->released_.wait_for(lock, kRound);
  // Whoever ends its wait early leaves the queue as one that was served.
  budget_->released_.wait(lock, [&] { return budget_->served_ == ticket; });
  ++budget_->served_;
  budget_->released_.notify_all();
  throw_if(stop);
  budget_->held_ += wanted_;
  held_ = wanted_;
}

void MemoryLease::release() {
  if (budget_ == nullptr || held_ == 0) return;
  const std::scoped_lock lock(budget_->mutex_);
  budget_->held_ -= held_;
  held_ = 0;
  budget_->released_.notify_all();
}

}  // namespace qsample
