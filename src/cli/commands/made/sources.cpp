#include "cli/commands/made/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/stop.h"
#include "files/read_file.h"
#include "qsample/jobs/shards.h"

namespace qsample::cli {
namespace {

namespace fs = std::filesystem;

// The shards that lie in a folder.
std::vector<std::string> shards_in(const std::string& folder) {
  std::vector<std::string> shards;
  std::error_code unknown;
  for (fs::directory_iterator it(folder, unknown), end; !unknown && it != end;
       it.increment(unknown)) {
    std::error_code missing;
    if (is_shard_name(it->path().string()) && it->is_regular_file(missing)) {
      shards.push_back(it->path().string());
    }
  }
  std::sort(shards.begin(), shards.end());
  return shards;
}

}  // namespace

Sources::Sources(const std::vector<std::string>& places) : is_told_(!places.empty()) {
  std::vector<std::string> shards;
  for (const std::string& place : places) {
    std::error_code unknown;
    if (is_shard_name(place) && !fs::is_directory(place, unknown)) {
      shards.push_back(place);
      continue;
    }
    folders_.push_back(place);
    std::ranges::move(shards_in(place), std::back_inserter(shards));
  }
  if (!shards.empty()) finder_.emplace(std::move(shards), outputs().on_wait());
}

std::vector<std::string> Sources::folders_for(const std::string& made) const {
  if (is_told_) return folders_;
  return {".", fs::path(made).parent_path().string()};
}

FoundSource Sources::find(const Source& source, const std::string& made) {
  if (source.name == "stdin" && source.folder.empty()) {
    throw Unknown("its source came from standard input");
  }
  std::string other;
  for (const fs::path folder : folders_for(made)) {
    for (const fs::path& path : {folder / source.folder / source.name, folder / source.name}) {
      std::error_code missing;
      if (!fs::is_regular_file(path, missing) || fs::equivalent(path, made, missing)) continue;
      if (hash_of(read_file(path.string())) == source.hash) return {path.string()};
      if (other.empty()) other = path.lexically_normal().string();
    }
  }
  const auto name = (fs::path(source.folder) / source.name).string();
  if (finder_) {
    auto found = finder_->find(name, source.hash, made);
    if (found.bytes) return {name, std::move(found.bytes)};
    if (other.empty()) other = std::move(found.other);
  }
  if (!other.empty()) throw Unknown(other + " is not the file that it was made from");
  throw Unknown(
      fmt::format("{}, which it was made from, is not found; --source names the folder "
                  "that it lies below, or its shard",
                  name));
}

std::string Sources::schedule(const std::string& file, const std::string& made) const {
  for (const fs::path folder : folders_for(made)) {
    for (const fs::path& path : {folder / file, folder / fs::path(file).filename()}) {
      std::error_code missing;
      if (fs::is_regular_file(path, missing)) return path.string();
    }
  }
  throw Unknown(file + ", the schedule that it was made with, is not found");
}

}  // namespace qsample::cli
