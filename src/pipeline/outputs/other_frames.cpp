#include "pipeline/outputs/other_frames.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/parallel.h"
#include "pipeline/record/record.h"
#include "pipeline/record/resume.h"
#include "qsample/run.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

// What the name of a frame says.
struct FrameName {
  std::string_view stem;
  std::string_view digits;
};

std::optional<FrameName> parse_name(std::string_view name, std::string_view extension) {
  if (!name.ends_with(extension)) return std::nullopt;
  name.remove_suffix(extension.size());
  const auto last = name.find_last_not_of("0123456789");
  if (last == std::string_view::npos || last + 1 == name.size()) return std::nullopt;
  const std::string_view stem = name.substr(0, last + 1);
  if (!stem.ends_with("_t") || stem.size() < 3) return std::nullopt;
  return FrameName{stem.substr(0, stem.size() - 2), name.substr(last + 1)};
}

enum class Likeness { alike, different, unknown };

Likeness likeness_of(const std::string& path, const std::string& expected) {
  try {
    const auto record = record_of_file(path);
    if (!record) return Likeness::unknown;
    return same_making(*record, expected) ? Likeness::alike : Likeness::different;
  } catch (const Error&) {
    return Likeness::unknown;
  }
}

}  // namespace

OtherFrames other_frames(const std::string& folder, const std::string& stem,
                         const std::string& extension, const std::set<std::string>& own,
                         const std::function<std::string(int t)>& record_at, int workers) {
  OtherFrames others;
  std::vector<std::string> names;  // of this stem
  std::error_code error;
  fs::directory_iterator it(folder, error);
  for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    const auto frame = parse_name(name, extension);
    std::error_code unknown;
    if (!frame || own.contains(name) || !it->is_regular_file(unknown)) continue;
    (frame->stem == stem ? names : others.foreign).push_back(name);
  }
  std::sort(names.begin(), names.end());
  std::sort(others.foreign.begin(), others.foreign.end());

  std::vector<Likeness> found(names.size());
  parallel_for(names.size(), workers, [&](std::size_t i) {
    const auto digits = parse_name(names[i], extension)->digits;
    int t = -1;
    const auto [end, overflow] = std::from_chars(digits.begin(), digits.end(), t);
    const std::string expected = overflow == std::errc() ? record_at(t) : std::string();
    found[i] = likeness_of((fs::path(folder) / names[i]).string(), expected);
  });
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto& of_making = found[i] == Likeness::alike       ? others.alike
                      : found[i] == Likeness::different ? others.different
                                                        : others.unknown;
    of_making.push_back(std::move(names[i]));
  }
  return others;
}

}  // namespace qsample
