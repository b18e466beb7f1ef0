#include "base/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace qsample {
namespace {

constexpr std::size_t kLongest = 100;  // of a name that is worth comparing

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The distance of optimal string alignment.
std::size_t slips(std::string_view a, std::string_view b) {
  const auto same = [&](std::size_t i, std::size_t j) { return small(a[i]) == small(b[j]); };
  std::vector<std::size_t> before;  // the row before the last one
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::vector<std::size_t> row = {i + 1};
    for (std::size_t j = 0; j < b.size(); ++j) {
      row.push_back(std::min({last[j] + (same(i, j) ? 0 : 1), last[j + 1] + 1, row[j] + 1}));
      const bool swapped = i > 0 && j > 0 && same(i - 1, j) && same(i, j - 1);
      if (swapped) row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
    before = std::exchange(last, std::move(row));
  }
  return last[b.size()];
}

std::size_t allowed_slips(std::size_t letters) {
  if (letters < 3) return 0;
  if (letters < 6) return 1;
  return letters < 12 ? 2 : 3;
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  if (name.size() > kLongest) return {};
  std::string_view nearest;
  std::size_t least = 0;
  for (const std::string_view one : known) {
    const std::size_t distance = slips(name, one);
    if (distance > allowed_slips(std::min(name.size(), one.size()))) continue;
    if (nearest.empty() || distance < least) {
      nearest = one;
      least = distance;
    }
  }
  return nearest;
}

}  // namespace qsample
