#include "pipeline/jobs/shards/sample.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

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

}  // namespace qsample
