#include "pipeline/jobs/shards/samples/sample.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "image/codec.h"
#include "image/image_io.h"
#include "pipeline/source.h"

namespace qsample {
namespace {

// What data sets hold beside images, some of which begin as an image may.
constexpr std::string_view kOtherEndings[] = {".cls",  ".cls2",  ".csv",  ".id",   ".inx",
                                              ".json", ".jsonl", ".jsn",  ".text", ".transcript",
                                              ".txt",  ".xml",   ".yaml", ".yml"};

}  // namespace

const SampleMember* Sample::image() const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [](const SampleMember& member) { return member.is_image; });
  return found == members.end() ? nullptr : &*found;
}

std::string_view key_of(std::string_view name) {
  const auto slash = name.rfind('/');
  const std::size_t base = slash == std::string_view::npos ? 0 : slash + 1;
  const auto dot = name.find('.', base);
  return dot == base ? name : name.substr(0, dot);
}

std::optional<std::string> member_name(const std::string& name) {
  const std::filesystem::path path(name);
  if (name.empty() || path.is_absolute()) return std::nullopt;
  if (std::find(path.begin(), path.end(), "..") != path.end()) return std::nullopt;
  auto inside = path.lexically_normal().generic_string();
  if (inside == "." || inside.ends_with('/')) return std::nullopt;
  return inside;
}

bool is_image_member(const SampleMember& member) {
  const std::string ending = lower_extension(member.name);
  if (is_image_extension(ending)) return true;
  if (std::find(std::begin(kOtherEndings), std::end(kOtherEndings), ending) !=
      std::end(kOtherEndings)) {
    return false;
  }
  return is_image(member.bytes);
}

std::optional<Sample> SampleParts::next(std::size_t most) {
  if (!rest_) {
    rest_ = source_->next();
    if (!rest_) return std::nullopt;
    const bool is_one = rest_->failure.empty() && rest_->image() == nullptr;
    rest_->units = is_one ? 1 : each_;
  }
  if (!rest_->failure.empty() || rest_->units <= most) return std::exchange(rest_, std::nullopt);
  Sample part = *rest_;
  part.units = most;
  rest_->first_unit += most;
  rest_->units -= most;
  return part;
}

void SampleParts::skip(std::size_t units) {
  while (units > 0) {
    auto passed = next(each_);
    if (!passed) return;
    if (passed->units > units) {
      passed->first_unit += units;
      passed->units -= units;
      rest_ = std::move(passed);
      return;
    }
    units -= passed->units;
  }
}

}  // namespace qsample
