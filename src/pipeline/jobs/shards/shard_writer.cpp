#include "pipeline/jobs/shards/shard_writer.h"

#include <utility>

#include "files/identity/place.h"
#include "pipeline/jobs/shards/shard_files.h"

namespace qsample {

ShardWriter::ShardWriter(std::string series, std::size_t number, const ShardLimits& limits,
                         const OutputRules& rules, Outputs& outputs)
    : series_(std::move(series)),
      number_(number),
      limits_(limits),
      rules_(rules),
      outputs_(outputs),
      fill_(limits) {}

void ShardWriter::open() {
  if (file_) return;
  path_ = numbered_shard(series_, number_);
  if (path_ != "-") outputs_.make_folder(folder_of(path_));
  file_.emplace(path_, rules_, outputs_);
  tar_.emplace([this](Bytes piece) { file_->write(piece); });
  fill_ = ShardFill(limits_);
}

std::string ShardWriter::add(const std::vector<SampleMember>& members) {
  open();
  for (const SampleMember& member : members) {
    tar_->add(member.name, member.bytes);
    fill_.add_member(member.name, member.bytes.size());
  }
  fill_.end_sample();
  std::string path = path_;
  if (fill_.is_full()) finish();
  return path;
}

void ShardWriter::finish() {
  if (!file_) return;
  tar_->finish();
  file_->commit();
  tar_.reset();
  file_.reset();
  ++number_;
}

}  // namespace qsample
