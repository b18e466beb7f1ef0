#include "pipeline/outputs/manifest.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/json.h"
#include "files/descriptor.h"
#include "files/identity/place.h"

namespace qsample {
namespace {

constexpr std::size_t kPiece = 1 << 16;
constexpr const char* kStatusNames[] = {"not begun", "written", "written", "failed"};

}  // namespace

std::string file_name_key(std::string_view kind) {
  std::string key(kind);
  std::replace(key.begin(), key.end(), '-', '_');
  return key + "_file_name";
}

std::string manifest_line(const std::string& input, const std::string& output,
                          const std::vector<FileName>& file_names, const Outcome& outcome) {
  using enum Outcome::Status;
  Json json;
  put_name(json, "input", input);
  put_name(json, "output", output);
  const bool is_there = outcome.status == written || outcome.status == kept;
  if (is_there) {
    for (const auto& [key, name] : file_names) put_name(json, key, name);
  }
  json["status"] = kStatusNames[static_cast<int>(outcome.status)];
  if (!outcome.error.empty()) json["error"] = outcome.error;
  if (!outcome.record.empty()) json.update(parse_json(outcome.record));
  return json_text(json) + "\n";
}

std::string path_from_manifest(const std::string& manifest, const std::string& folder) {
  namespace fs = std::filesystem;
  const auto place = [](const std::string& path) {
    std::error_code error;
    fs::path found = fs::weakly_canonical(fs::absolute(path, error), error);
    if (error) fail_with(path, error.value());
    return found;
  };
  // An ending slash is an empty name at the end, which is no part of the way.
  return (place(folder) / "").lexically_relative(place(folder_of(manifest)) / "").generic_string();
}

bool is_manifest(const std::string& path) {
  std::ifstream file(path);
  std::string head(JsonOptions().most_bytes, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  const auto json = parse_json_object(std::string_view(head).substr(0, head.find('\n')));
  if (!json) return false;
  const auto is_text = [&](const char* key) {
    return json->contains(key) && json->at(key).is_string();
  };
  if (!is_text("input") || !is_text("output") || !is_text("status")) return false;
  return std::find(std::begin(kStatusNames), std::end(kStatusNames), json->at("status")) !=
         std::end(kStatusNames);
}

void Manifest::add(std::size_t number, std::string line) {
  lines_.add(number, std::move(line), [&](const std::string& next) { text_ += next; });
  if (text_.size() >= kPiece) write();
}

void Manifest::commit() {
  write();
  if (failure_) throw Error(*failure_);
  file_.commit();
}

void Manifest::write() {
  if (!failure_) {
    try {
      file_.write(std::as_bytes(std::span(text_)));
    } catch (const Error& e) {
      failure_ = e;
    }
  }
  text_.clear();
}

}  // namespace qsample
