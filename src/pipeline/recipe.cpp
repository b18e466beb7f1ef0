#include "pipeline/recipe.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <filesystem>
#include <nlohmann/json.hpp>

namespace qsample {
namespace {

// Base names are bytes and JSON is Unicode: bytes that are no UTF-8 show as the replacement mark.
std::string dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

nlohmann::ordered_json schedule_json(const ScheduleSpec& spec) {
  nlohmann::ordered_json json;
  if (spec.betas.empty()) {
    json["name"] = spec.name;
  } else {
    json["name"] = "betas";
    json["betas-xxh3"] = fmt::format("{:016x}", hash_of(std::as_bytes(std::span(spec.betas))));
  }
  json["steps"] = spec.steps;
  for (const auto& [name, value] : spec.parameters) json[name] = value;
  json["zero-terminal-snr"] = spec.zero_terminal_snr;
  return json;
}

}  // namespace

std::uint64_t hash_of(Bytes bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::string record_of(const Recipe& recipe, std::uint64_t seed, int t, const Source& source) {
  nlohmann::ordered_json json;
  json["qsample"] = QSAMPLE_VERSION;
  json["source"] = source.name;
  json["source-xxh3"] = fmt::format("{:016x}", source.hash);
  json["schedule"] = schedule_json(recipe.spec);
  json["t"] = t;
  json["alpha"] = recipe.schedule.alpha(t);
  json["sigma"] = recipe.schedule.sigma(t);
  json["path"] = path_name(recipe.path);
  json["rng"] = "philox4x32-10";
  json["seed"] = seed;
  return dump(json);
}

std::string base_name(const std::string& path) {
  return path == "-" ? "stdin" : std::filesystem::path(path).filename().string();
}

std::string frame_name(const std::string& input, int t, int last, std::string_view extension) {
  const auto width = std::to_string(last).size();
  const auto stem = std::filesystem::path(base_name(input)).stem().string();
  return fmt::format("{}_t{:0{}}{}", stem, t, width, extension);
}

}  // namespace qsample
