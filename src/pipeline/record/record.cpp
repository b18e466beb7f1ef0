#include "pipeline/record/record.h"

#include <fmt/format.h>

#include "base/json.h"
#include "image/image_io.h"
#include "qsample/error.h"
#include "qsample/schedule_modifiers.h"
#include "qsample/schedules/place.h"

namespace qsample {
namespace {

void put_modifier(Json& json, const ScheduleModifier& modifier, const ScheduleSpec& spec) {
  Json& value = json[std::string(modifier.name)];
  switch (modifier.kind) {
    case ScheduleModifier::Kind::flag: value = modifier.is_set(spec); break;
    case ScheduleModifier::Kind::number: value = modifier.get(spec); break;
    case ScheduleModifier::Kind::choice: value = modifier.word(spec); break;
  }
}

Json schedule_json(const ForwardProcess& process) {
  const ScheduleSpec& spec = process.spec;
  Json json;
  json["name"] = spec.name;
  if (spec.name == "betas" || spec.name == "table") {
    const std::string told = told_path(process.schedule_file);
    const std::string file = told.empty() ? base_name(process.schedule_file) : told;
    if (!file.empty()) put_name(json, "file", file);
    json[spec.name + "-xxh3"] = fmt::format("{:016x}", table_hash(spec));
  }
  json["steps"] = spec.steps;
  if (spec.trained_steps != 0) json["trained-steps"] = spec.trained_steps;
  for (const auto& [name, value] : spec.parameters) json[name] = value;
  for (const ScheduleModifier& modifier : schedule_modifiers()) {
    if (modifier.always_told || modifier.is_set(spec)) put_modifier(json, modifier, spec);
  }
  return json;
}

Json corruption_json(const Corruption& corruption) {
  Json json;
  json["name"] = corruption.family->name;
  for (const auto& [name, value] : corruption.parameters) json[name] = value;
  return json;
}

void put_additions(Json& json, const NoiseAdditions& additions) {
  for (const NoiseAddition& row : noise_additions()) {
    if (!row.is_set(additions)) continue;
    Json& value = json[std::string(row.name)];
    value = row.get(additions);
    if (row.is_flag()) value = true;
  }
  if (additions.pyramid_seed) json["pyramid-seed"] = std::to_string(*additions.pyramid_seed);
}

void put_preparation(Json& json, const Preparation& preparation) {
  if (preparation.alpha == AlphaMode::drop) json["input-alpha"] = "drop";
  if (preparation.alpha == AlphaMode::flatten) {
    const auto [red, green, blue] = preparation.background;
    json["input-alpha"] = fmt::format("#{:02x}{:02x}{:02x}", red, green, blue);
  }
  if (preparation.mode != ColourMode::keep) json["mode"] = mode_name(preparation.mode);
  if (!preparation.scales()) return;
  json["size"] = fmt::format("{}x{}", preparation.width, preparation.height);
  json["resize-filter"] = filter_name(preparation.filter);
  json["crop"] = crop_name(preparation.crop);
}

// What is not compared. How the file came to have its name and what lies around it is not part of
// its making.
constexpr const char* kBeside[] = {"qsample", "folder", "folder-hex", "format",
                                   "clipped", "damage", "reader",     "cropped-at"};

// While seeds were numbers, these were made otherwise: numpy's noise slipped after some
// million samples, that of CUDA was rounded otherwise, and integer images did not heed the range of
// the input.
bool is_made_otherwise(const Json& record) {
  if (!record.contains("seed") || !record["seed"].is_number()) return false;
  const Json rng = record.value("rng", Json());
  return rng == "numpy" || rng == "torch-cuda" || record.contains("input-range");
}

// The making that a record tells of, in today's way.
std::optional<Json> making_of(const std::string& record) {
  auto json = parse_json_object(record);
  if (!json || !json->contains("qsample") || is_made_otherwise(*json)) return std::nullopt;
  for (const char* key : kBeside) json->erase(key);
  if (auto schedule = json->find("schedule"); schedule != json->end() && schedule->is_object()) {
    for (const char* key : {"file", "file-hex"}) schedule->erase(key);
  }
  if (auto seed = json->find("seed"); seed != json->end() && seed->is_number_unsigned()) {
    *seed = std::to_string(seed->get<std::uint64_t>());
  }
  return json;
}

}  // namespace

std::uint64_t table_hash(const ScheduleSpec& spec) {
  return spec.table.empty() ? hash_of(std::as_bytes(std::span(spec.betas)))
                            : hash_of(std::as_bytes(std::span(spec.table)));
}

std::string record_of(const Making& making, const OutputOptions& options, std::string_view format) {
  const auto& [process, seed, draw, t, source, tensors, sigma_data] = making;
  Json json;
  json["qsample"] = QSAMPLE_VERSION;
  put_name(json, "source", source.name);
  if (!source.folder.empty()) put_name(json, "folder", source.folder);
  json["source-xxh3"] = fmt::format("{:016x}", source.hash);
  if (source.frame != 0) json["frame"] = source.frame;
  if (source.range) json["input-range"] = {source.range->low, source.range->high};
  if (!source.tensor.empty()) json["tensor"] = source.tensor;
  if (source.latent) {
    json["latent-scale"] = source.latent.scale;
    json["latent-shift"] = source.latent.shift;
  }
  put_preparation(json, source.preparation);
  if (!process.corruption.is_gaussian()) json["process"] = corruption_json(process.corruption);
  json["schedule"] = schedule_json(process);
  if (process.schedule.is_point(t)) {
    const PathPlace& place = process.schedule.point(t).place;
    json["place"][std::string(place_kind_name(place.kind))] = place.value;
    json["t"] = process.schedule.time(t);
  } else {
    json["t"] = t;
  }
  json["alpha"] = process.schedule.alpha(t);
  json["sigma"] = process.schedule.sigma(t);
  json["path"] = path_name(process.path);
  json["rng"] = process.rng->name;
  json["seed"] = std::to_string(seed);
  if (draw != 0) json["draw"] = draw;
  if (process.batch.items != 1) {
    json["batch-shape"] = process.batch.items;
    json["item"] = process.batch.item;
  }
  if (process.noise_dtype) json["noise-dtype"] = dtype_name(*process.noise_dtype);
  if (process.device_threads != 0) json["cuda-threads"] = process.device_threads;
  put_additions(json, process.additions);
  if (options.depth != 0) json["depth"] = options.depth;
  if (options.dtype) json["dtype"] = dtype_name(*options.dtype);
  const Range range = options.range.at(process.schedule, t);
  json["range"] = {range.low, range.high};
  if (options.view) {
    json["view-size"] = fmt::format("{}x{}", options.view.width, options.view.height);
    json["view-filter"] = filter_name(options.view.filter);
  }
  if (options.layout) json["layout"] = *options.layout == Layout::hwc ? "hwc" : "chw";
  if (options.compression == Compression::small) json["compression"] = "small";
  if (!format.empty()) json["format"] = format;
  for (const Tensor& tensor : tensors) json["saved"][tensor.name] = tensor.formula;
  if (sigma_data) json["sigma-data"] = *sigma_data;
  return json_text(json);
}

std::string with_findings(const std::string& record, const Findings& findings) {
  Json json = parse_json(record);
  if (findings.clipped) json["clipped"] = *findings.clipped;
  if (!findings.damage.empty()) json["damage"] = findings.damage;
  if (!findings.reader.empty()) json["reader"] = findings.reader;
  if (const auto& at = findings.cropped_at) json["cropped-at"] = {at->left, at->top};
  return json_text(json);
}

bool same_making(const std::string& a, const std::string& b) {
  const auto one = making_of(a);
  return one && one == making_of(b);
}

bool has_damage(const std::string& record) {
  const auto json = parse_json_object(record);
  return json && json->contains("damage");
}

}  // namespace qsample
