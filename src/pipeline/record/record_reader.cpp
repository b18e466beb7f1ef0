// Reads a record key by key.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <span>
#include <system_error>
#include <vector>

#include "base/json.h"
#include "image/image_io.h"
#include "pipeline/outputs/film/film_form.h"
#include "pipeline/record/record.h"
#include "pipeline/record/record_fields.h"
#include "qsample/error.h"
#include "qsample/schedule_modifiers.h"
#include "qsample/schedules/place.h"

namespace qsample {
namespace {

constexpr int kMostDraw = static_cast<int>(kMostDraws - 1);
constexpr int kMostItems = 1 << 20;
constexpr int kMostFrames = std::numeric_limits<int>::max();

void read_modifiers(Fields& fields, ScheduleSpec& spec) {
  for (const ScheduleModifier& modifier : schedule_modifiers()) {
    const std::string key(modifier.name);
    if (!fields.has(key)) continue;
    switch (modifier.kind) {
      case ScheduleModifier::Kind::flag: modifier.set(spec, fields.flag(key) ? 1 : 0); break;
      case ScheduleModifier::Kind::number: modifier.set(spec, fields.number(key)); break;
      case ScheduleModifier::Kind::choice: modifier.set(spec, fields.word(key, modifier.words));
    }
  }
}

void read_schedule(const Json& json, Record& record) {
  Fields fields(json, "schedule");
  ScheduleSpec& spec = record.spec;
  spec.name = fields.text("name");
  spec.steps = fields.whole("steps", 1, kMaxSteps);
  if (spec.name == "betas" || spec.name == "table") {
    record.table = fields.hash(spec.name + "-xxh3");
    if (fields.has("file")) record.schedule_file = fields.path("file");
    if (fields.has("trained-steps")) {
      spec.trained_steps = fields.whole("trained-steps", 1, kMaxSteps);
    }
    read_modifiers(fields, spec);
  } else {
    if (!is_schedule_family(spec.name)) Fields::fail("name");
    for (const auto& [name, otherwise] : find_schedule_family(spec.name).parameters) {
      spec.parameters[std::string(name)] = fields.number(std::string(name), otherwise);
    }
    read_modifiers(fields, spec);
    spec = resolved(spec);
  }
  fields.must_all_be_seen();
}

Colour read_colour(const std::string& text) {
  const auto part = [&](std::size_t at) {
    std::uint8_t value = 0;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + 2, value, 16);
    if (error != std::errc() || end != begin + 2) Fields::fail("input-alpha");
    return value;
  };
  if (text.size() != 7 || text.front() != '#') Fields::fail("input-alpha");
  return {part(1), part(3), part(5)};
}

void read_preparation(Fields& fields, Preparation& preparation) {
  if (fields.has("input-alpha")) {
    const std::string text = fields.text("input-alpha");
    preparation.alpha = text == "drop" ? AlphaMode::drop : AlphaMode::flatten;
    if (preparation.alpha == AlphaMode::flatten) preparation.background = read_colour(text);
  }
  preparation.mode = fields.choice<ColourMode>(
      "mode", {std::begin(kColourModes), std::end(kColourModes)}, mode_name);
  if (!fields.has("size")) return;
  const View size = fields.view("size", "resize-filter");
  preparation.width = size.width;
  preparation.height = size.height;
  preparation.filter = size.filter;
  preparation.crop = fields.choice<Crop>("crop", {std::begin(kCrops), std::end(kCrops)}, crop_name);
  if (!fields.has("cropped-at")) return;
  const Json& at = fields.at("cropped-at");
  if (!at.is_array() || at.size() != 2 || !at[0].is_number_unsigned() ||
      !at[1].is_number_unsigned()) {
    Fields::fail("cropped-at");
  }
}

void read_source(Fields& fields, Record& record) {
  Source& source = record.source;
  source.name = fields.name("source");
  if (source.name.find('/') != std::string::npos || source.name == "." || source.name == "..") {
    Fields::fail("source");
  }
  if (fields.has("folder")) source.folder = fields.path("folder");
  source.hash = fields.hash("source-xxh3");
  if (fields.has("frame")) source.frame = fields.whole("frame", 1, kMostFrames);
  if (fields.has("tensor")) source.tensor = fields.name("tensor");
  if (fields.has("latent-scale")) {
    source.latent = {fields.number("latent-scale"), fields.number("latent-shift")};
    if (source.latent.scale == 0) Fields::fail("latent-scale");
  }
  read_preparation(fields, source.preparation);
  if (fields.has("input-range")) source.range = fields.range("input-range", {});
}

void read_film(Fields& fields, Record& record) {
  FilmMaking& making = record.film;
  const Json& ts = fields.at("timesteps");
  if (!ts.is_array() || ts.empty()) Fields::fail("timesteps");
  for (const Json& t : ts) {
    const bool is_number = t.is_number_integer() && t >= 0 && t <= record.spec.steps;
    if (!is_number || (making.is_film() && t < making.ts.back())) Fields::fail("timesteps");
    making.ts.push_back(t.get<int>());
  }
  if (fields.has("space")) {
    making.space =
        fields.choice<Space>("space", {Space::t, Space::log_snr, Space::sigma}, space_name);
  }
  making.film.fps = fields.number("fps");
  making.film.hold = fields.number("hold", 0);
  if (fields.has("quality")) making.film.quality = fields.whole("quality", 0, 100);
  making.film.boomerang = fields.has("boomerang") && fields.flag("boomerang");
  making.film.lossless = fields.has("lossless") && fields.flag("lossless");
  making.film.compatible = fields.has("compatible") && fields.flag("compatible");
}

void read_place(Fields& fields, Record& record) {
  if (!fields.has("place")) {
    record.t = fields.whole("t", 0, record.spec.steps);
    return;
  }
  const Json& json = fields.at("place");
  if (!json.is_object() || json.size() != 1) Fields::fail("place");
  Fields parts(json, "place");
  using enum PathPlace::Kind;
  for (const PathPlace::Kind kind : {sigma, u, log_snr}) {
    const std::string name(place_kind_name(kind));
    if (parts.has(name)) record.place = {kind, parts.number(name)};
  }
  const double t = fields.number("t");
  if (!record.place || !(t >= 0 && t <= record.spec.steps)) Fields::fail("place");
}

void read_options(Fields& fields, Record& record) {
  OutputOptions& options = record.options;
  if (fields.has("depth")) options.depth = fields.whole("depth", 8, 32);
  if (options.depth % 8 != 0 || options.depth == 24) Fields::fail("depth");
  if (fields.has("dtype")) {
    options.dtype =
        fields.choice<Dtype>("dtype", {std::begin(kDtypes), std::end(kDtypes)}, dtype_name);
  }
  options.range.automatic = record.film.is_film() && fields.at("range") == "auto";
  if (!options.range.automatic) options.range.fixed = fields.range("range", {});
  if (fields.has("view-size")) options.view = fields.view("view-size", "view-filter");
  if (fields.has("layout")) {
    options.layout = fields.choice<Layout>("layout", {Layout::chw, Layout::hwc}, [](Layout layout) {
      return layout == Layout::hwc ? "hwc" : "chw";
    });
  }
  options.compression = fields.choice<Compression>(
      "compression", {Compression::fast, Compression::small},
      [](Compression choice) { return choice == Compression::small ? "small" : "fast"; });
  if (fields.has("format")) {
    options.format = fields.text("format");
    const bool known = record.film.is_film() ? film_form_of(options.format) != nullptr
                                             : codec_for_extension(options.format) != nullptr;
    if (!known) Fields::fail("format");
  }
  if (!fields.has("saved")) return;
  const Json& saved = fields.at("saved");
  if (!saved.is_object() || saved.empty()) Fields::fail("saved");
  for (const auto& [name, formula] : saved.items()) {
    const bool known =
        (record.saved.empty() && name == kNoisedName) || find_target(name) != nullptr;
    if (!known || !formula.is_string()) Fields::fail("saved");
    record.saved.push_back(name);
  }
  if (!fields.has("sigma-data")) return;
  record.sigma_data = fields.number("sigma-data");
  const bool has_scalings =
      std::any_of(record.saved.begin(), record.saved.end(), [](const std::string& name) {
        return name != kNoisedName && find_target(name)->has_scalings;
      });
  if (!(record.sigma_data > 0 && has_scalings)) Fields::fail("sigma-data");
}

void read_corruption(Fields& fields, Record& record) {
  if (!fields.has("process")) return;
  Fields parts(fields.at("process"), "process");
  Corruption& corruption = record.corruption;
  try {
    corruption.family = &find_corruption_family(parts.text("name"));
    for (const Parameter& parameter : corruption.family->parameters) {
      const std::string key(parameter.name);
      corruption.parameters[key] = parts.number(key, parameter.default_value);
    }
    corruption = resolved(corruption);
  } catch (const InvalidArgument&) {
    Fields::fail("process");
  }
  parts.must_all_be_seen();
}

void read_batch(Fields& fields, Record& record) {
  if (fields.has("batch-shape")) {
    record.batch.items = fields.whole("batch-shape", 2, kMostItems);
    record.batch.item = fields.whole("item", 0, record.batch.items - 1);
  }
  if (fields.has("noise-dtype")) {
    record.noise_dtype =
        fields.choice<Dtype>("noise-dtype", {std::begin(kDtypes), std::end(kDtypes)}, dtype_name);
  }
  if (fields.has("cuda-threads")) {
    record.device_threads = fields.whole("cuda-threads", 256, 1 << 24);
    if (record.device_threads % 256 != 0) Fields::fail("cuda-threads");
  }
}

void read_additions(Fields& fields, Record& record) {
  NoiseAdditions& additions = record.additions;
  for (const NoiseAddition& row : noise_additions()) {
    const std::string key(row.name);
    if (!fields.has(key)) continue;
    if (row.is_flag()) {
      row.set(additions, fields.flag(key) ? 1 : 0);
      continue;
    }
    const double value = fields.number(key);
    // What is not whole is no number of something.
    if (!(value >= row.least && value <= row.most) || (row.whole && value != std::floor(value))) {
      Fields::fail(key);
    }
    row.set(additions, value);
  }
  if (fields.has("pyramid-seed")) additions.pyramid_seed = fields.seed("pyramid-seed");
  if (additions.any() && record.path != PathKind::shared) Fields::fail("path");
  try {
    check_additions(additions, *record.rng);
  } catch (const InvalidArgument& e) {
    Fields::fail(e.parameter());
  }
}

}  // namespace

Record read_record(std::string_view text) {
  Json json;
  try {
    json = parse_json(text);
  } catch (const Error& e) {
    throw Error(fmt::format("{}: it {}", kDamaged, e.what()));
  }
  Fields fields(json, "qsample");
  Record record;
  (void)fields.text("qsample");
  read_source(fields, record);
  try {
    read_schedule(fields.at("schedule"), record);
  } catch (const InvalidArgument&) {
    Fields::fail("schedule");
  }
  if (fields.has("timesteps")) {
    read_film(fields, record);
  } else {
    read_place(fields, record);
    (void)fields.number("alpha");
    (void)fields.number("sigma");
  }
  record.path = fields.choice<PathKind>(
      "path", {PathKind::shared, PathKind::markov, PathKind::independent}, path_name);
  std::vector<const Generator*> known;
  for (const Generator& generator : generators()) known.push_back(&generator);
  record.rng = fields.choice<const Generator*>("rng", known, std::mem_fn(&Generator::name));
  record.seed = fields.seed("seed");
  if (fields.has("draw"))
    record.draw = static_cast<std::uint32_t>(fields.whole("draw", 1, kMostDraw));
  if (record.draw != 0 && !record.rng->has_draws) Fields::fail("draw");
  read_batch(fields, record);
  read_corruption(fields, record);
  read_additions(fields, record);
  read_options(fields, record);
  if (fields.has("clipped")) (void)fields.number("clipped");
  record.damaged = fields.has("damage");
  if (record.damaged) (void)fields.text("damage");
  if (fields.has("reader")) (void)fields.text("reader");
  fields.must_all_be_seen();
  return record;
}

}  // namespace qsample
