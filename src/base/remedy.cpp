#include "base/remedy.h"

#include <algorithm>
#include <cctype>

namespace qsample {
namespace {

constexpr const char* kHome =
    "; the shell puts your home folder in the place of ~ only where a word begins with it, "
    "unquoted: write $HOME instead";

// "https://..." and "s3://...".
bool is_url(const std::string& path) {
  const auto colon = path.find("://");
  return colon != std::string::npos && colon > 1 &&
         std::all_of(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](unsigned char c) { return std::isalnum(c) != 0; });
}

}  // namespace

std::string remedy_for_input(const std::string& path) {
  if (path.starts_with("file://")) return "; write the path alone, without file://";
  if (path.starts_with("http://") || path.starts_with("https://")) {
    return "; download it first: curl -s " + path + " | qsample noise - ...";
  }
  if (is_url(path)) return "; download it first: files are read, not URLs";
  if (path.starts_with('~')) return kHome;
  if (path.find_first_of("*?") != std::string::npos) return "; nothing matches this pattern";
  return {};
}

std::string remedy_for_output(const std::string& path) {
  if (is_url(path)) return "; files are written, not URLs: write one, then upload it";
  if (path.starts_with('~')) return kHome;
  return {};
}

}  // namespace qsample
