#include "core/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace qsample {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  constexpr std::size_t kLongest = 100;  // of a name that is worth comparing
  if (name.size() > kLongest) return {};
  std::string_view nearest;
  std::size_t least = 0;
  for (const std::string_view one : known) {
    const std::size_t distance = edit_distance(name, one);
    if (3 * distance > std::max(name.size(), one.size()) + 2) continue;
    if (nearest.empty() || distance < least) {
      nearest = one;
      least = distance;
    }
  }
  return nearest;
}

}  // namespace qsample
