// Members of shards that are looked for one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "files/stream/piece_reader.h"
#include "formats/tar/tar_reader.h"

namespace qsample {

/// Shards are read once where members are asked for in the order in which they stand there, and
/// from the beginning again for each that comes earlier.
class MemberFinder {
 public:
  /// `on_wait` outlives it.
  MemberFinder(std::vector<std::string> shards, const OnWait& on_wait)
      : shards_(std::move(shards)), on_wait_(on_wait) {}

  struct Found {
    std::shared_ptr<const std::vector<std::byte>> bytes;  ///< null: there is none
    std::string other;  ///< one of that name whose bytes are others: "a.tar: cat.png"
  };

  /// The member of this name whose bytes have this hash, but none of the shard `but`. Throws Error
  /// for a shard that can't be read.
  [[nodiscard]] Found find(const std::string& name, std::uint64_t hash, const std::string& but);

  [[nodiscard]] bool has_shards() const { return !shards_.empty(); }

 private:
  struct Place {
    std::size_t shard = 0;
    std::size_t member = 0;

    friend bool operator==(const Place&, const Place&) = default;
    friend bool operator>(const Place& a, const Place& b) {
      return std::tie(a.shard, a.member) > std::tie(b.shard, b.member);
    }
  };

  // The next member; nothing at the end of all.
  [[nodiscard]] std::optional<TarMember> next();
  void begin();

  std::vector<std::string> shards_;
  const OnWait& on_wait_;
  Place at_;  // of the member that comes next
  std::unique_ptr<PieceReader> pieces_;
  std::unique_ptr<TarReader> tar_;  // none: the shard is not open
  bool all_seen_ = false;
  std::unordered_set<std::uint64_t> names_;  // that were seen, as hashes
  struct Recent {
    std::string name;
    std::uint64_t hash;
    Found found;
  };
  std::deque<Recent> recent_;  // several units are made of the images of one sample
};

}  // namespace qsample
