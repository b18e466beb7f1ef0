// Shards among the inputs and outputs of a batch: --shard-size, --shard-count.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "qsample/jobs/select_images.h"
#include "qsample/jobs/shards.h"

namespace qsample::cli {

class ShardOptions {
 public:
  void add_to(CLI::App& command);

  /// Whether the output is an archive, or a series of them. Throws InvalidArgument for a name of
  /// one that can't be.
  [[nodiscard]] static bool are_written(const std::string& output);

  /// Whether the inputs are archives. Throws InvalidArgument where some are, or where what was
  /// chosen is of folders.
  [[nodiscard]] static bool are_read(const BatchSelection& selection);

  /// The job of a batch in which they are one or the other. Throws InvalidArgument for what does
  /// not go together.
  [[nodiscard]] ShardJob job(BatchJob images, const BatchSelection& selection) const;

  /// Throws InvalidArgument where they are neither and something was chosen for them.
  void check_unused() const;

 private:
  std::optional<std::size_t> bytes_;
  std::optional<std::size_t> samples_;
};

}  // namespace qsample::cli
