// The files of one job: what it reads, what it will write and what it has written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "files/identity/place.h"

namespace qsample {

/// Keeps the outputs of a job from its inputs and from each other, by whatever names they go: first
/// by what is there before it starts, then, at each output, by what is there at that moment. Names
/// are not kept: a million inputs and outputs take some tens of MB.
class JobFiles {
 public:
  using NameOf = std::function<std::string(std::size_t number)>;

  /// The caller knows each file by a number of its own. "-" is standard input or output.
  void will_read(const std::string& path, std::size_t number);
  void will_write(const std::string& path, std::size_t number);

  /// An output that is another file too.
  struct Clash {
    std::size_t output;
    std::size_t other;
    bool with_input;  ///< or with an output of a smaller number
  };
  /// A clash of the first output that has any: it is the same file as another, goes to the same
  /// place, or to one whose name differs in case alone where that makes no difference. `name_of`
  /// gives the names that were told above. To be called once, when all is told.
  [[nodiscard]] std::optional<Clash> find_clash(const NameOf& name_of);

  /// To be held by an output while it looks at its place and takes it.
  [[nodiscard]] std::unique_lock<std::mutex> turn() { return std::unique_lock(mutex_); }
  /// In its turn: what a file that is there is to this job, "an input" or "another output"; null
  /// where it may be replaced.
  [[nodiscard]] const char* part_of(FileId there) const;
  /// In its turn.
  void has_written(FileId id) { written_.insert(id); }

 private:
  struct Existing {
    FileId id;
    std::size_t number;
    bool in_place;  // written as it is, not replaced: a pipe, a device, standard output
  };
  struct Named {
    std::uint64_t small;  // hash of the place, in small letters
    std::uint64_t exact;  // and as it is
    std::size_t number;
    bool input;
  };
  struct Hash {
    std::size_t operator()(const FileId& id) const { return id.inode ^ (id.device << 40); }
  };

  void name(const std::string& path, std::size_t number, bool input);
  [[nodiscard]] std::optional<Clash> clash_of_existing();
  [[nodiscard]] std::optional<Clash> clash_of_places(const NameOf& name_of);

  PlaceFinder places_;
  std::vector<Existing> inputs_;
  std::vector<Existing> outputs_;
  std::vector<Named> names_;  // of outputs, and of inputs that are not there
  std::unordered_set<FileId, Hash> written_;
  std::mutex mutex_;
};

}  // namespace qsample
