// What qsample made, in a shard.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "files/stream/piece_reader.h"
#include "formats/tar/tar_reader.h"
#include "pipeline/jobs/shards/samples/sample.h"
#include "pipeline/memory_budget.h"
#include "qsample/trainers/target.h"

namespace qsample {

struct MadeMember {
  std::string name = {};
  std::vector<std::byte> bytes = {};
  std::string record = {};                ///< beside it or, where there is none, within it
  const Target* target = nullptr;         ///< that is saved beside the x_t that the record tells of
  std::optional<double> sigma_data = {};  ///< of its scalings
};

/// Reads a shard, whoever wrote it, for its members that have a record.
class MadeMembers {
 public:
  /// Throws Error. `on_wait` outlives it.
  MadeMembers(const std::string& path, const OnWait& on_wait);

  /// The next one; nothing at the end. Throws Error for what is damaged, and for a record without
  /// its image.
  [[nodiscard]] std::optional<MadeMember> next();

 private:
  // The members of the next key, or none at the end.
  [[nodiscard]] std::vector<SampleMember> read_sample();

  PieceReader pieces_;
  std::unique_ptr<TarReader> tar_;
  std::optional<TarMember> pending_;
  MemoryBudget budget_{std::nullopt};
  std::deque<MadeMember> made_;
};

}  // namespace qsample
