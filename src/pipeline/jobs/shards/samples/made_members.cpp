#include "pipeline/jobs/shards/samples/made_members.h"

#include <fmt/format.h>

#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "image/image_io.h"
#include "qsample/error.h"

namespace qsample {
namespace {

std::string without_ending(const std::string& name) {
  return std::filesystem::path(name).replace_extension().string();
}

std::string text_of(const SampleMember& member) {
  return {reinterpret_cast<const char*>(member.bytes.data()), member.bytes.size()};
}

// The record within a member; empty where it has none.
std::string record_within(const SampleMember& member) {
  try {
    return record_in(member.bytes, member.name).value_or("");
  } catch (const Error&) {
    return {};  // no image, or a damaged one
  }
}

// The members of a sample, and which of them are told.
class Sorter {
 public:
  explicit Sorter(std::vector<SampleMember> members)
      : members_(std::move(members)), records_(members_.size()) {}

  std::deque<MadeMember> made() {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].name.ends_with(kRecordEnding)) take_record(i);
    }
    std::deque<MadeMember> made;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      SampleMember& member = members_[i];
      if (records_[i].record.empty() && is_image_member(member)) {
        records_[i] = {.record = record_within(member)};
      }
      if (records_[i].record.empty()) continue;
      records_[i].name = member.name;
      records_[i].bytes = std::move(member.bytes);
      made.push_back(std::move(records_[i]));
    }
    return made;
  }

 private:
  // Gives a record to its image, which stands before it, and to what is saved beside that.
  void take_record(std::size_t at) {
    const std::string& name = members_[at].name;
    const std::string stem = name.substr(0, name.size() - std::string_view(kRecordEnding).size());
    std::optional<std::size_t> image;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const SampleMember& member = members_[i];
      if (i > at && image) break;
      if (without_ending(member.name) == stem && is_image_member(member)) image = i;
    }
    if (!image) throw Error(name + ": is the record of an image that is not there");
    const std::string record = text_of(members_[at]);
    records_[*image].record = record;
    for (std::size_t i = 0; i < members_.size(); ++i) take_saved(i, stem, record);
  }

  void take_saved(std::size_t at, const std::string& stem, const std::string& record) {
    const SampleMember& member = members_[at];
    const std::string name = without_ending(member.name);
    if (!name.starts_with(stem + ".") || !is_image_member(member)) return;
    const Target* target = find_target(name.substr(stem.size() + 1));
    if (target == nullptr || !record_within(member).empty()) return;
    records_[at].record = record;
    records_[at].target = target;
    for (const SampleMember& other : members_) {
      if (!target->has_scalings || other.name != name + ".json") continue;
      const auto json = parse_json_object(text_of(other));
      if (json && json->contains("sigma_data") && (*json)["sigma_data"].is_number()) {
        records_[at].sigma_data = (*json)["sigma_data"].get<double>();
      }
    }
  }

  std::vector<SampleMember> members_;
  std::vector<MadeMember> records_;  // theirs
};

}  // namespace

MadeMembers::MadeMembers(const std::string& path, const OnWait& on_wait)
    : pieces_(path, on_wait), tar_(read_tar([this] { return pieces_.next(); })) {
  pending_ = tar_->next();
}

std::vector<SampleMember> MadeMembers::read_sample() {
  std::vector<SampleMember> members;
  MemoryLease lease(&budget_);
  std::string key;
  while (pending_) {
    const std::string name = member_name(pending_->name).value_or(pending_->name);
    if (!members.empty() && key_of(name) != key) break;
    key = key_of(name);
    lease.hold_more(pending_->size);
    members.push_back(
        {name, pending_->other_kind.empty() ? tar_->read() : std::vector<std::byte>()});
    pending_ = tar_->next();
  }
  return members;
}

std::optional<MadeMember> MadeMembers::next() {
  while (made_.empty()) {
    auto members = read_sample();
    if (members.empty()) return std::nullopt;
    made_ = Sorter(std::move(members)).made();
  }
  MadeMember first = std::move(made_.front());
  made_.pop_front();
  return first;
}

}  // namespace qsample
