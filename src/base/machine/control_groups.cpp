#include "base/machine/control_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace qsample {
namespace {

namespace fs = std::filesystem;

// The next number of a file; kNoLimit where there is none ("max", "-1"), or no file.
std::size_t next_number(std::istream& file) {
  std::string text;
  std::size_t value = 0;
  if (!(file >> text)) return kNoLimit;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? value : kNoLimit;
}

std::size_t number_in(const fs::path& path) {
  std::ifstream file(path);
  return next_number(file);
}

// Times in microseconds.
std::size_t cores_for(std::size_t quota, std::size_t period) {
  if (quota == kNoLimit || period == kNoLimit || period == 0) return kNoLimit;
  return std::max<std::size_t>(1, quota / period + (quota % period == 0 ? 0 : 1));
}

// What a folder of a group says, by its version.
using Limit = std::size_t (*)(const fs::path& group);
struct Controller {
  std::string_view name;
  Limit version_1;
  Limit version_2;
};

constexpr Controller kMemory = {
    "memory", [](const fs::path& group) { return number_in(group / "memory.limit_in_bytes"); },
    [](const fs::path& group) { return number_in(group / "memory.max"); }};

constexpr Controller kCpu = {"cpu",
                             [](const fs::path& group) {
                               return cores_for(number_in(group / "cpu.cfs_quota_us"),
                                                number_in(group / "cpu.cfs_period_us"));
                             },
                             [](const fs::path& group) {
                               std::ifstream file(group / "cpu.max");
                               const std::size_t quota = next_number(file);
                               return cores_for(quota, next_number(file));
                             }};

// Where the groups are seen from within a container, `group` may not be there: then the root of
// what is seen is its own.
std::size_t least_from(const fs::path& root, const fs::path& group, Limit limit) {
  std::size_t least = limit(root);
  for (fs::path part = group.relative_path(); !part.empty(); part = part.parent_path())
    least = std::min(least, limit(root / part));
  return least;
}

// A line is "number:controllers:group"; version 2 has no controllers there.
std::size_t least_of(const ControlGroups& groups, const Controller& controller) {
  const std::string name(controller.name);
  std::size_t least = kNoLimit;
  std::ifstream lines(groups.names);
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const auto controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    const std::string group = line.substr(second + 1);
    if (controllers == ",,") {
      least = std::min(least, least_from(groups.mount, group, controller.version_2));
    } else if (controllers.find(fmt::format(",{},", name)) != std::string::npos) {
      least = std::min(least, least_from(groups.mount + "/" + name, group, controller.version_1));
    }
  }
  return least;
}

}  // namespace

std::size_t memory_of(const ControlGroups& groups) { return least_of(groups, kMemory); }

std::size_t cores_of(const ControlGroups& groups) { return least_of(groups, kCpu); }

}  // namespace qsample
