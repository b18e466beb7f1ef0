#include "pipeline/source.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>
#include <new>

#include "qsample/schedules/place.h"

namespace qsample {

std::uint64_t hash_of(Bytes bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::uint64_t hash_of_pieces(const std::function<Bytes()>& next) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                              XXH3_freeState);
  if (!state) throw std::bad_alloc();
  (void)XXH3_64bits_reset(state.get());
  for (Bytes piece = next(); !piece.empty(); piece = next()) {
    (void)XXH3_64bits_update(state.get(), piece.data(), piece.size());
  }
  return XXH3_64bits_digest(state.get());
}

Source source_of(Bytes bytes, const std::string& path, const InputOptions& options) {
  return source_of(hash_of(bytes), path, options);
}

Source source_of(std::uint64_t hash, const std::string& path, const InputOptions& options) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  return {base_name(path),        told_path(folder),       hash,           options.range,
          options.decoding.frame, options.decoding.tensor, options.latent, options.preparation};
}

std::string lower_extension(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

std::string base_name(const std::string& path) {
  return path == "-" ? "stdin" : std::filesystem::path(path).filename().string();
}

std::string told_path(const std::string& path) {
  const auto normal = std::filesystem::path(path).lexically_normal();
  if (normal.is_absolute() || normal.empty() || *normal.begin() == "..") return {};
  return normal == "." ? std::string() : normal.string();
}

std::string frame_stem(const std::string& input) {
  return std::filesystem::path(base_name(input)).stem().string();
}

std::string place_word(const PathPlace& place) {
  return fmt::format("{}{}", place_kind_name(place.kind), place.value);
}

std::string frame_name(const std::string& input, int t, int last, std::string_view extension) {
  const auto width = std::to_string(last).size();
  return fmt::format("{}_t{:0{}}{}", frame_stem(input), t, width, extension);
}

}  // namespace qsample
