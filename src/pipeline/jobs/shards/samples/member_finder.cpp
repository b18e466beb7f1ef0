#include "pipeline/jobs/shards/samples/member_finder.h"

#include <fmt/format.h>

#include <filesystem>
#include <span>
#include <utility>

#include "files/read_file.h"
#include "pipeline/jobs/shards/samples/sample.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr std::size_t kRecent = 4;

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code unknown;
  return std::filesystem::equivalent(a, b, unknown);
}

std::uint64_t hash_of_name(const std::string& name) {
  return hash_of(std::as_bytes(std::span(name)));
}

}  // namespace

void MemberFinder::begin() {
  tar_.reset();
  pieces_.reset();
  at_ = {};
}

std::optional<TarMember> MemberFinder::next() {
  while (at_.shard < shards_.size()) {
    try {
      if (!tar_) {
        pieces_ = std::make_unique<PieceReader>(shards_[at_.shard], on_wait_);
        tar_ = read_tar([this] { return pieces_->next(); });
      }
      if (auto member = tar_->next()) {
        ++at_.member;
        member->name = member_name(member->name).value_or(member->name);
        names_.insert(hash_of_name(member->name));
        return member;
      }
    } catch (const Interrupted&) {
      throw;
    } catch (const Error& e) {
      const std::string shard = file_name(shards_[at_.shard]);
      const std::string what = e.what();
      begin();
      throw Error(what.starts_with(shard) ? what : fmt::format("{}: {}", shard, what));
    }
    tar_.reset();
    at_ = {at_.shard + 1, 0};
  }
  all_seen_ = true;
  return std::nullopt;
}

MemberFinder::Found MemberFinder::find(const std::string& name, std::uint64_t hash,
                                       const std::string& but) {
  for (const Recent& recent : recent_) {
    if (recent.name == name && recent.hash == hash) return recent.found;
  }
  Found found;
  if (all_seen_ && !names_.contains(hash_of_name(name))) return found;
  const Place start = at_;
  bool is_again = start == Place{};
  for (;;) {
    const auto member = next();
    if (!member || (is_again && start != Place{} && at_ > start)) {
      if (is_again) return found;
      is_again = true;
      begin();
      continue;
    }
    const std::string& shard = shards_[at_.shard];
    if (member->name != name || !member->other_kind.empty() || is_same_file(shard, but)) continue;
    auto bytes = std::make_shared<const std::vector<std::byte>>(tar_->read());
    if (hash_of(*bytes) == hash) {
      found.bytes = std::move(bytes);
      recent_.push_back({name, hash, found});
      if (recent_.size() > kRecent) recent_.pop_front();
      return found;
    }
    if (found.other.empty()) found.other = file_name(shard) + ": " + name;
  }
}

}  // namespace qsample
