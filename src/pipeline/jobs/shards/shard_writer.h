// Samples into archives, one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "files/output_file.h"
#include "formats/tar/tar_writer.h"
#include "pipeline/jobs/shards/samples/sample.h"
#include "qsample/jobs/shards.h"

namespace qsample {

/// When a shard is full. By what it holds alone, so that those that are there tell where the next
/// one begins.
class ShardFill {
 public:
  explicit ShardFill(const ShardLimits& limits) : limits_(limits) {}

  void add_member(const std::string& name, std::uint64_t size) {
    bytes_ += TarWriter::size_of(name, size);
  }
  void end_sample() { ++samples_; }
  [[nodiscard]] bool is_full() const {
    return bytes_ >= limits_.bytes || samples_ >= limits_.samples;
  }

 private:
  ShardLimits limits_;
  std::uint64_t bytes_ = 0;
  std::size_t samples_ = 0;
};

class ShardWriter {
 public:
  /// Shards of a series are numbered from `number` on. `outputs` outlives it.
  ShardWriter(std::string series, std::size_t number, const ShardLimits& limits,
              const OutputRules& rules, Outputs& outputs);

  /// Begins a shard, unless one is begun. Throws Error, ExistsAlready among them.
  void open();
  /// Returns the path of the shard that holds the sample. Throws Error.
  std::string add(const std::vector<SampleMember>& members);
  /// Ends the shard that is begun, which then has its name. Without it, nothing of it remains.
  void finish();

  /// Of the next shard.
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string series_;
  std::size_t number_;
  ShardLimits limits_;
  OutputRules rules_;
  Outputs& outputs_;
  std::string path_;
  std::optional<OutputFile> file_;
  std::optional<TarWriter> tar_;
  ShardFill fill_;
};

}  // namespace qsample
