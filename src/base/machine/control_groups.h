// What the control groups of a process let it take, version 1 or 2: the least of each of them and
// of those above it.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

namespace qsample {

/// Where the groups of a process are named, and where their files lie.
struct ControlGroups {
  std::string names = "/proc/self/cgroup";
  std::string mount = "/sys/fs/cgroup";
};

/// What is allowed where there is no limit.
inline constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

/// Bytes of memory.
[[nodiscard]] std::size_t memory_of(const ControlGroups& groups);

/// How many cores a quota of time is worth, rounded up.
[[nodiscard]] std::size_t cores_of(const ControlGroups& groups);

}  // namespace qsample
