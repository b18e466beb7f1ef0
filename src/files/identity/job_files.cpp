#include "files/identity/job_files.h"

#include <unistd.h>

#include <algorithm>
#include <tuple>

namespace qsample {
namespace {

bool look_at(const std::string& path, int standard, struct stat& info) {
  return (path == "-" ? ::fstat(standard, &info) : ::stat(path.c_str(), &info)) == 0;
}

std::uint64_t hash_of_place(FileId folder, const std::string& below) {
  const auto mix = [](std::uint64_t a, std::uint64_t b) { return (a ^ b) * 0x9E3779B97F4A7C15; };
  return mix(mix(std::hash<std::string>()(below), folder.inode), folder.device);
}

bool by_id(const auto& a, const auto& b) {
  return a.id != b.id ? a.id < b.id : a.number < b.number;
}

// Of two clashes, that of the earlier output.
void take_earlier(std::optional<JobFiles::Clash>& first, const JobFiles::Clash& other) {
  if (!first || other.output < first->output) first = other;
}

}  // namespace

void JobFiles::name(const std::string& path, std::size_t number, bool input) {
  const Place place = places_.of(path);
  names_.push_back({hash_of_place(place.folder, in_small_letters(place.below)),
                    hash_of_place(place.folder, place.below), number, input});
}

void JobFiles::will_read(const std::string& path, std::size_t number) {
  struct stat info {};
  if (look_at(path, STDIN_FILENO, info)) {
    inputs_.push_back({id_of(info), number, false});
  } else if (path != "-") {
    name(path, number, true);
  }
}

void JobFiles::will_write(const std::string& path, std::size_t number) {
  struct stat info {};
  if (look_at(path, STDOUT_FILENO, info)) {
    outputs_.push_back({id_of(info), number, path == "-" || !S_ISREG(info.st_mode)});
  }
  name(path, number, false);
}

std::optional<JobFiles::Clash> JobFiles::find_clash(const NameOf& name_of) {
  auto first = clash_of_existing();
  if (const auto other = clash_of_places(name_of)) take_earlier(first, *other);
  outputs_ = {};
  names_ = {};
  return first;
}

// Outputs that are hard links of each other are replaced by a file each. One that is a hard link of
// an input would be too, but that is hardly meant.
std::optional<JobFiles::Clash> JobFiles::clash_of_existing() {
  const auto less = [](const Existing& a, const Existing& b) { return by_id(a, b); };
  std::sort(inputs_.begin(), inputs_.end(), less);
  std::sort(outputs_.begin(), outputs_.end(), less);
  std::optional<Clash> first;
  auto input = inputs_.begin();
  for (auto output = outputs_.begin(); output != outputs_.end(); ++output) {
    while (input != inputs_.end() && input->id < output->id) ++input;
    if (input != inputs_.end() && input->id == output->id) {
      take_earlier(first, {output->number, input->number, true});
    }
    if (output == outputs_.begin()) continue;
    const auto before = std::prev(output);
    if (before->id == output->id && (before->in_place || output->in_place)) {
      take_earlier(first, {output->number, before->number, false});
    }
  }
  return first;
}

std::optional<JobFiles::Clash> JobFiles::clash_of_places(const NameOf& name_of) {
  std::sort(names_.begin(), names_.end(), [](const Named& a, const Named& b) {
    return std::tie(a.small, a.exact, a.number) < std::tie(b.small, b.exact, b.number);
  });
  std::optional<Clash> first;
  for (std::size_t i = 1; i < names_.size(); ++i) {
    const Named& a = names_[i - 1];
    const Named& b = names_[i];
    if (a.small != b.small || (a.input && b.input)) continue;
    const std::string path = name_of(b.number);
    if (!(places_.of(name_of(a.number)) == places_.of(path)) && !ignores_case(path)) continue;
    if (a.input || b.input) {
      take_earlier(first, {a.input ? b.number : a.number, a.input ? a.number : b.number, true});
    } else {
      take_earlier(first, {std::max(a.number, b.number), std::min(a.number, b.number), false});
    }
  }
  return first;
}

const char* JobFiles::part_of(FileId there) const {
  const auto input = std::lower_bound(inputs_.begin(), inputs_.end(), there,
                                      [](const Existing& a, FileId id) { return a.id < id; });
  if (input != inputs_.end() && input->id == there) return "an input";
  return written_.contains(there) ? "another output" : nullptr;
}

}  // namespace qsample
