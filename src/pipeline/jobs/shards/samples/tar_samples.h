// The samples of tar archives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "files/descriptor.h"
#include "files/stream/piece_reader.h"
#include "formats/tar/tar_reader.h"
#include "pipeline/jobs/shards/samples/sample.h"
#include "qsample/jobs/shards.h"

namespace qsample {

class TarSamples : public SampleSource {
 public:
  /// Of several shards one after the other. `most_bytes` are those that a sample may have. The job
  /// and `on_wait` outlive it.
  TarSamples(std::vector<std::string> shards, const ShardJob& job, std::size_t most_bytes,
             const OnWait& on_wait);

  [[nodiscard]] std::optional<Sample> next() override;
  [[nodiscard]] std::vector<std::string> remarks() const override;

 private:
  void open();
  void close();
  [[nodiscard]] std::string broken(const std::string& shard, const std::string& member,
                                   const std::string& what) const;
  void add(Sample& sample, const TarMember& member, const std::string& name);
  void choose_images(Sample& sample);

  std::vector<std::string> shards_;
  const ShardJob& job_;
  std::size_t most_bytes_;
  const OnWait& on_wait_;
  std::size_t at_ = 0;  // shard
  std::unique_ptr<PieceReader> pieces_;
  std::unique_ptr<TarReader> tar_;          // none: the shard is not open
  std::optional<TarMember> pending_;        // the first of the next sample
  std::unordered_set<std::uint64_t> keys_;  // of the shard, as hashes
  std::size_t apart_ = 0;                   // samples whose key was there before
  std::string first_apart_;
  std::size_t without_ = 0;  // an image
  std::string first_without_;
};

}  // namespace qsample
