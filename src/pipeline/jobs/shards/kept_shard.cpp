#include "pipeline/jobs/shards/kept_shard.h"

#include <algorithm>
#include <string_view>

#include "files/output_file.h"
#include "files/stream/piece_reader.h"
#include "formats/tar/tar_reader.h"
#include "pipeline/jobs/shards/shard_writer.h"
#include "pipeline/record/record.h"
#include "pipeline/record/resume.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Thrown where the shard is another than it would be.
class Differs : public Error {
 public:
  Differs() : Error("differs") {}
};

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The members of a shard that is there, as they are expected.
class ExpectedMembers {
 public:
  ExpectedMembers(const std::string& path, const OnWait& on_wait)
      : pieces_(path, on_wait), tar_(read_tar([this] { return pieces_.next(); })) {
    look_ahead();
  }

  [[nodiscard]] bool at_end() const { return !next_; }

  std::vector<std::byte> read(const std::string& name, ShardFill& fill) {
    if (!next_ || next_->name != name || !next_->other_kind.empty()) throw Differs();
    auto bytes = tar_->read();
    fill.add_member(name, bytes.size());
    look_ahead();
    return bytes;
  }

 private:
  void look_ahead() { next_ = tar_->next(); }

  PieceReader pieces_;
  std::unique_ptr<TarReader> tar_;
  std::optional<TarMember> next_;
};

// Reads what is saved beside an image: it is as its record says, but for the scalings.
void read_saved(const ShardWork& work, const MemberPlan& plan, std::size_t unit,
                ExpectedMembers& there, ShardFill& fill) {
  for (const SavedMember& saved : plan.saved) {
    (void)there.read(saved.name, fill);
    if (saved.scalings.empty()) continue;
    if (text_of(there.read(saved.scalings, fill)) != scalings_of(work, *plan.member, unit)) {
      throw Differs();
    }
  }
}

// Reads one unit of a sample there; returns the records of its images.
std::vector<SampleImage> read_sample(const ShardWork& work, const Sample& sample,
                                     ExpectedMembers& there, ShardFill& fill) {
  const std::size_t unit = sample.first_unit;
  std::vector<SampleImage> images;
  for (const MemberPlan& plan : plan_of(work, sample, unit)) {
    const auto bytes = there.read(plan.output, fill);
    if (!plan.member->is_image) {
      if (bytes != plan.member->bytes) throw Differs();
      continue;
    }
    const std::string record = text_of(there.read(plan.record, fill));
    if (!same_making(record, record_of(work, *plan.member, unit))) throw Differs();
    if (!work.job.images.reading.decoding.allow_damaged && has_damage(record)) throw Differs();
    read_saved(work, plan, unit, there, fill);
    images.push_back(image_of(work, sample, plan, {Outcome::Status::kept, {}, record}));
  }
  fill.end_sample();
  return images;
}

}  // namespace

std::optional<KeptShard> kept_shard(const ShardWork& work, const std::string& path,
                                    SampleParts& parts, const ShardLimits& limits,
                                    bool with_images) {
  if (!is_regular_file(path)) return std::nullopt;
  const OnWait& on_wait = work.run.outputs->on_wait();
  KeptShard kept;
  ShardFill fill(limits);
  try {
    ExpectedMembers there(path, on_wait);
    while (!fill.is_full()) {
      throw_if(work.run.stop);
      auto sample = parts.next(1);
      if (!sample) break;
      if (!sample->failure.empty()) return std::nullopt;
      read_members(work, *sample);
      auto images = read_sample(work, *sample, there, fill);
      ++kept.samples;
      if (with_images) std::move(images.begin(), images.end(), std::back_inserter(kept.images));
    }
    if (!there.at_end()) return std::nullopt;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return std::nullopt;  // making it tells what is wrong
  }
  return kept;
}

void check_is_shard_of_ours(const std::string& path, const OnWait& on_wait) {
  if (!is_regular_file(path) || is_empty_file(path)) return;
  bool holds_something = false;
  try {
    PieceReader pieces(path, on_wait);
    const auto tar = read_tar([&] { return pieces.next(); });
    while (const auto member = tar->next()) {
      holds_something = true;
      if (!member->name.ends_with(".qsample.json") || member->size > (1U << 20)) continue;
      const std::string record = text_of(tar->read());
      if (same_making(record, record)) return;
    }
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    holds_something = true;
  }
  if (!holds_something) return;
  throw ExistsAlready(exists_already(path, " and is not one of qsample's"));
}

}  // namespace qsample
