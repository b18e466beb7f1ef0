// Where lies what files were made from.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/jobs/shards/samples/member_finder.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample::cli {

/// Thrown where it can't be told whether a file is what its record says.
class Unknown : public Error {
  using Error::Error;
};

struct FoundSource {
  std::string path;  ///< of the file, or its name where it is a member of a shard
  std::shared_ptr<const std::vector<std::byte>> bytes = {};  ///< the member's
};

class Sources {
 public:
  /// Folders and shards; none: the working folder, then that of each file.
  explicit Sources(const std::vector<std::string>& places);

  /// Whether shards are searched, which is cheap in their order alone, by one thread at once.
  [[nodiscard]] bool has_shards() const { return finder_ && finder_->has_shards(); }

  /// What has the bytes of `source`, which the file `made` is not. Throws Unknown where there is
  /// none, Error for what can't be read.
  [[nodiscard]] FoundSource find(const Source& source, const std::string& made);

  /// The file of a schedule that a record names so. Throws Unknown where there is none.
  [[nodiscard]] std::string schedule(const std::string& file, const std::string& made) const;

 private:
  [[nodiscard]] std::vector<std::string> folders_for(const std::string& made) const;

  std::vector<std::string> folders_;
  bool is_told_;
  std::optional<MemberFinder> finder_;
};

}  // namespace qsample::cli
