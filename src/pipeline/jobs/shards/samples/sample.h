// Samples of a data set: what is read, noised and written together.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qsample {

/// Of the member behind an image that says how it was made.
inline constexpr const char* kRecordEnding = ".qsample.json";

struct SampleMember {
  std::string name;
  std::vector<std::byte> bytes = {};
  std::string path = {};  ///< of the file that is still to be read for the bytes, or empty
  bool is_image = false;  ///< that is to be noised
};

struct Sample {
  std::string key;
  std::string shard = {};  ///< that it is from, or empty
  std::vector<SampleMember> members = {};
  std::string failure = {};  ///< the whole message, where it can't be had
  bool is_broken = false;    ///< and neither can what follows in its shard
  std::size_t first_unit = 0;
  std::size_t units = 1;  ///< that are to be made of it, each a sample again

  /// The first that is to be noised, or null.
  [[nodiscard]] const SampleMember* image() const;
};

/// What a key is: the name up to the first dot of its last part. The whole name where WebDataset
/// sees none: without a dot, or beginning with one.
[[nodiscard]] std::string_view key_of(std::string_view name);

/// Whether WebDataset sees one: others are members that it passes over.
[[nodiscard]] inline bool has_key(std::string_view name) { return key_of(name) != name; }

/// A name below the folder that an archive is unpacked in, without "./"; nothing where it leads out
/// of it.
[[nodiscard]] std::optional<std::string> member_name(const std::string& name);

/// Whether a member is an image by its ending or, where that says nothing, by its bytes.
[[nodiscard]] bool is_image_member(const SampleMember& member);

class SampleSource {
 public:
  SampleSource() = default;
  SampleSource(const SampleSource&) = delete;
  SampleSource& operator=(const SampleSource&) = delete;
  virtual ~SampleSource() = default;

  /// The next sample; nothing at the end.
  [[nodiscard]] virtual std::optional<Sample> next() = 0;
  /// Once, at the end: what is to be known of them all.
  [[nodiscard]] virtual std::vector<std::string> remarks() const { return {}; }
};

/// The samples of a source in parts of so many units that what is made of one part can be held.
class SampleParts {
 public:
  /// `each`: units of a sample that has an image; of others there is one, as they are.
  SampleParts(std::unique_ptr<SampleSource> source, std::size_t each)
      : source_(std::move(source)), each_(each) {}

  /// What comes next of a sample, `most` units of it; nothing at the end. One that can't be had is
  /// whole.
  [[nodiscard]] std::optional<Sample> next(std::size_t most);
  /// Passes over so many units.
  void skip(std::size_t units);

  [[nodiscard]] std::vector<std::string> remarks() const { return source_->remarks(); }

 private:
  std::unique_ptr<SampleSource> source_;
  std::size_t each_;
  std::optional<Sample> rest_;
};

}  // namespace qsample
