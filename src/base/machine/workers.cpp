#include "base/machine/workers.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <thread>

namespace qsample {
namespace {

// The C library's count may be of those that the machine has.
int cores_of_process() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::thread::hardware_concurrency());  // more than a set holds
}

}  // namespace

Workers least_workers(int cores, const ControlGroups& groups, const char* slurm) {
  Workers workers{std::max(1, cores), "the cores it may use", {}};
  const auto lower = [&](std::size_t count, std::string_view reason) {
    if (count >= static_cast<std::size_t>(workers.count)) return;
    workers.count = static_cast<int>(count);
    workers.reason = reason;
  };
  lower(cores_of(groups), "the quota of its control groups");
  const std::string_view text = slurm != nullptr ? slurm : "";
  if (text.empty()) return workers;
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count == 0) {
    workers.left_out = text;
  } else {
    lower(count, "SLURM_CPUS_PER_TASK");
  }
  return workers;
}

Workers default_workers() {
  return least_workers(cores_of_process(), {}, std::getenv("SLURM_CPUS_PER_TASK"));
}

}  // namespace qsample
