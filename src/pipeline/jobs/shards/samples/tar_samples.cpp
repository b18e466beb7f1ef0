#include "pipeline/jobs/shards/samples/tar_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "files/read_file.h"
#include "pipeline/jobs/batch/glob.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Told of members besides images by their endings alone: most are embeddings or latents.
bool is_tensor(const std::string& name) {
  const std::string ending = lower_extension(name);
  return ending == ".npy" || ending == ".safetensors";
}

bool is_chosen(const ShardJob& job, const std::string& name) {
  const auto holds = [&](const std::string& glob) { return glob_holds(glob, name); };
  const bool included =
      job.include.empty() || std::any_of(job.include.begin(), job.include.end(), holds);
  return included && std::none_of(job.exclude.begin(), job.exclude.end(), holds);
}

std::string of_several(std::size_t count) {
  return count > 1 ? fmt::format(", and so are {} more", count - 1) : "";
}

}  // namespace

// What is wrong with a shard. A file that can't be opened is named by itself.
std::string TarSamples::broken(const std::string& shard, const std::string& member,
                               const std::string& what) const {
  if (!tar_) return what;
  if (member.empty() && keys_.empty()) return shard + ": " + what;
  return shard + (member.empty() ? "" : ": " + member) + ": " + what +
         "; `allow-damaged` takes what comes before";
}

TarSamples::TarSamples(std::vector<std::string> shards, const ShardJob& job, std::size_t most_bytes,
                       const OnWait& on_wait)
    : shards_(std::move(shards)), job_(job), most_bytes_(most_bytes), on_wait_(on_wait) {}

void TarSamples::open() {
  pieces_ = std::make_unique<PieceReader>(shards_[at_], on_wait_);
  tar_ = read_tar([this] { return pieces_->next(); });
  pending_ = tar_->next();
}

void TarSamples::close() {
  tar_.reset();
  pieces_.reset();
  pending_.reset();
  keys_.clear();
  ++at_;
}

std::optional<Sample> TarSamples::next() {
  Sample sample;
  while (at_ < shards_.size()) {
    sample.shard = file_name(shards_[at_]);
    std::string reading;
    try {
      if (!tar_) open();
      bool is_first = true;
      while (pending_) {
        const auto inside = member_name(pending_->name);
        const std::string name = inside.value_or(pending_->name);
        const std::string_view key = key_of(name);
        if (!is_first && key != sample.key) break;
        if (is_first) sample.key = key;
        is_first = false;
        reading = name;
        if (!inside && sample.failure.empty()) {
          sample.failure = fmt::format(
              "{}: {}: leads out of the folder that it would be unpacked "
              "in",
              sample.shard, name);
        }
        add(sample, *pending_, name);
        pending_ = tar_->next();
      }
      if (is_first) {
        close();
        continue;
      }
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& e) {
      sample.failure = broken(sample.shard, reading, e.what());
      sample.is_broken = true;
      close();
      return sample;
    }
    if (!keys_.insert(hash_of(std::as_bytes(std::span(sample.key)))).second && apart_++ == 0) {
      first_apart_ = sample.shard + ": " + sample.key;
    }
    if (sample.failure.empty()) choose_images(sample);
    return sample;
  }
  return std::nullopt;
}

void TarSamples::add(Sample& sample, const TarMember& member, const std::string& name) {
  const auto fail = [&](const std::string& what) {
    if (sample.failure.empty()) {
      sample.failure = fmt::format("{}: {}: {}", sample.shard, name, what);
    }
    sample.members.clear();
  };
  if (!member.other_kind.empty()) return fail("is " + member.other_kind + ", not a file");
  std::size_t held = 0;
  for (const SampleMember& other : sample.members) {
    held += other.bytes.size();
    if (other.name == name) return fail("is there twice");
  }
  if (member.size > most_bytes_ - std::min(held, most_bytes_)) {
    return fail(fmt::format("is {} bytes, more than `max-memory` leaves", member.size));
  }
  if (sample.failure.empty()) sample.members.push_back({name, tar_->read()});
}

// Where a sample has pictures, its tensors are something else: embeddings, latents.
void TarSamples::choose_images(Sample& sample) {
  bool has_picture = false;
  bool has_image = false;
  for (SampleMember& member : sample.members) {
    member.is_image =
        has_key(member.name) && is_image_member(member) && is_chosen(job_, member.name);
    has_picture = has_picture || (member.is_image && !is_tensor(member.name));
  }
  for (SampleMember& member : sample.members) {
    if (has_picture && is_tensor(member.name)) member.is_image = false;
    has_image = has_image || member.is_image;
  }
  if (!has_image && without_++ == 0) first_without_ = sample.shard + ": " + sample.key;
}

std::vector<std::string> TarSamples::remarks() const {
  std::vector<std::string> remarks;
  if (without_ > 0) {
    remarks.push_back(first_without_ +
                      ": holds no image that is to be noised, and passes as it is" +
                      of_several(without_));
  }
  if (apart_ > 0) {
    remarks.push_back(first_apart_ +
                      ": its members are not together, so that they are several samples" +
                      of_several(apart_));
  }
  return remarks;
}

}  // namespace qsample
