// Makes again what a record tells of, and compares.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands/made/sources.h"
#include "pipeline/jobs/shards/samples/made_members.h"
#include "qsample/run.h"

namespace qsample::cli {

/// A file, or a member of a shard.
struct Made {
  std::string name;  ///< what it is called: "a.png", "n-0001.tar:a.png"
  std::string file;  ///< its path, or its shard's
  std::string record = {};
  std::optional<MadeMember> member = {};
  std::optional<FoundSource> source = {};  ///< where that was looked for already
};

/// How it differs from what its record and its source make; empty: in nothing. Throws Unknown and
/// Error where that can't be told.
[[nodiscard]] std::string difference_of(const Made& made, Sources& sources, const RunOptions& run);

}  // namespace qsample::cli
