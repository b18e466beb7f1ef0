#include "pipeline/recipe.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <filesystem>

#include "io/json.h"
#include "qsample/error.h"
#include "qsample/peer_noise.h"

namespace qsample {
namespace {

// Base names are bytes and JSON is Unicode: bytes that are no UTF-8 show as the replacement mark.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Json schedule_json(const ScheduleSpec& spec) {
  Json json;
  json["name"] = spec.name;
  if (!spec.betas.empty()) {
    json["betas-xxh3"] = fmt::format("{:016x}", hash_of(std::as_bytes(std::span(spec.betas))));
  }
  json["steps"] = spec.steps;
  for (const auto& [name, value] : spec.parameters) json[name] = value;
  if (spec.snr_shift != 1) json["snr-shift"] = spec.snr_shift;
  json["zero-terminal-snr"] = spec.zero_terminal_snr;
  if (spec.least_alpha_bar > 0) json["least-alpha-bar"] = spec.least_alpha_bar;
  json["form"] = spec.unscaled ? "ve" : "vp";
  if (spec.single_precision) json["precision"] = "float32";
  return json;
}

bool is_default(Range range) { return range.low == -1 && range.high == 1; }

// The noise that a peer draws for a tensor (1, C, H, W), in the order of our images. Nothing for
// our own, which is made where it is used.
std::vector<float> draw(Generator generator, std::uint64_t seed, const Image& image) {
  if (generator == Generator::philox) return {};
  std::vector<float> planar(image.samples());
  switch (generator) {
    case Generator::philox: break;
    case Generator::torch: TorchGenerator(seed).randn(planar); break;
    case Generator::torch_cuda: torch_cuda_randn(seed, planar); break;
    case Generator::numpy: numpy_standard_normal(seed, planar); break;
  }
  return from_planar(planar, static_cast<std::size_t>(image.channels));
}

}  // namespace

std::string_view generator_name(Generator generator) {
  switch (generator) {
    case Generator::philox: return "philox";
    case Generator::torch: return "torch";
    case Generator::torch_cuda: return "torch-cuda";
    case Generator::numpy: return "numpy";
  }
  return {};
}

Recipe::Recipe(const ScheduleSpec& chosen, PathKind kind, Generator generator)
    : spec(resolved(chosen)), schedule(make_schedule(spec)), path(kind), rng(generator) {
  if (rng != Generator::philox && path != PathKind::shared) {
    throw InvalidArgument(
        fmt::format("--rng {} draws one noise for an image: use --path shared, not {}",
                    generator_name(rng), path_name(path)));
  }
}

ImageNoise::ImageNoise(const Recipe& recipe, std::uint64_t seed, const Image& image)
    : drawn_(draw(recipe.rng, seed, image)),
      path_(drawn_.empty() ? NoisePath(recipe.schedule, seed, recipe.path)
                           : NoisePath(recipe.schedule, drawn_)) {}

Range RangeChoice::at(const NoiseSchedule& schedule, int t) const {
  if (!automatic) return fixed;
  const auto reach = static_cast<float>(schedule.alpha(t) + 3 * schedule.sigma(t));
  return {-reach, reach};
}

std::uint64_t hash_of(Bytes bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::string record_of(const Recipe& recipe, std::uint64_t seed, int t, const Source& source,
                      const OutputOptions& options) {
  Json json;
  json["qsample"] = QSAMPLE_VERSION;
  json["source"] = source.name;
  json["source-xxh3"] = fmt::format("{:016x}", source.hash);
  if (source.frame != 0) json["frame"] = source.frame;
  if (!is_default(source.range)) json["input-range"] = {source.range.low, source.range.high};
  json["schedule"] = schedule_json(recipe.spec);
  json["t"] = t;
  json["alpha"] = recipe.schedule.alpha(t);
  json["sigma"] = recipe.schedule.sigma(t);
  json["path"] = path_name(recipe.path);
  json["rng"] = generator_name(recipe.rng);
  json["seed"] = seed;
  if (options.depth != 0) json["depth"] = options.depth;
  const Range range = options.range.at(recipe.schedule, t);
  json["range"] = {range.low, range.high};
  if (options.layout == Layout::hwc) json["layout"] = "hwc";
  if (options.compression == Compression::small) json["compression"] = "small";
  return dump(json);
}

std::string with_findings(const std::string& record, const Findings& findings) {
  Json json = parse_json(record);
  if (findings.clipped) json["clipped"] = *findings.clipped;
  if (!findings.damage.empty()) json["damage"] = findings.damage;
  return dump(json);
}

std::string without_findings(const std::string& record) {
  auto json = parse_json_object(record);
  if (!json) return {};
  for (const char* key : {"clipped", "damage"}) json->erase(key);
  return dump(*json);
}

bool has_damage(const std::string& record) {
  const auto json = parse_json_object(record);
  return json && json->contains("damage");
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
