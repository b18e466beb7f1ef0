// Reads a record key by key. What remains unread was not written by qsample, and a record that has
// it is refused: what is made from a record, a command line above all, then holds nothing else.

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
#include "qsample/error.h"
#include "qsample/schedule_modifiers.h"

namespace qsample {
namespace {

constexpr std::string_view kDamaged = "its record of qsample is damaged";
constexpr int kMostDraw = static_cast<int>(kMostDraws - 1);
constexpr int kMostFrames = std::numeric_limits<int>::max();

class Fields {
 public:
  // `json` must outlive it. Throws unless it is an object.
  Fields(const Json& json, std::string_view name) : json_(json) {
    if (!json.is_object()) fail(name);
  }

  [[noreturn]] static void fail(std::string_view key) {
    throw Error(fmt::format("{}: \"{}\" is missing or holds what it can't", kDamaged, key));
  }

  [[nodiscard]] bool has(const std::string& key) const { return json_.contains(key); }

  const Json& at(const std::string& key) {
    seen_.push_back(key);
    const auto found = json_.find(key);
    if (found == json_.end()) fail(key);
    return *found;
  }

  double number(const std::string& key) { return number(at(key), key); }

  // `otherwise` where there is none.
  double number(const std::string& key, double otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  int whole(const std::string& key, int least, int most) {
    const Json& value = at(key);
    if (!value.is_number_integer()) fail(key);
    const double number = value.get<double>();
    if (!(number >= least && number <= most)) fail(key);
    return value.get<int>();
  }

  bool flag(const std::string& key) {
    const Json& value = at(key);
    if (!value.is_boolean()) fail(key);
    return value.get<bool>();
  }

  std::string text(const std::string& key) {
    const Json& value = at(key);
    if (!value.is_string()) fail(key);
    return value.get<std::string>();
  }

  // One of `values`, by the name that `name_of` gives it; the first where the key is missing.
  template <class T, class NameOf>
  T choice(const std::string& key, const std::vector<T>& values, const NameOf& name_of) {
    if (!has(key)) return values.front();
    const std::string name = text(key);
    const auto found = std::find_if(values.begin(), values.end(),
                                    [&](const T& value) { return name_of(value) == name; });
    if (found == values.end()) fail(key);
    return *found;
  }

  // The number of one of `words`.
  int word(const std::string& key, std::span<const std::string_view> words) {
    const std::string name = text(key);
    const auto found = std::find(words.begin(), words.end(), name);
    if (found == words.end()) fail(key);
    return static_cast<int>(found - words.begin());
  }

  // The name of a file, or of a folder.
  std::string name(const std::string& key) {
    seen_.insert(seen_.end(), {key, key + "-hex"});
    std::string found;
    try {
      found = get_name(json_, key);
    } catch (const Error&) {
      fail(key);
    }
    if (found.empty() || found.find('\0') != std::string::npos) fail(key);
    return found;
  }

  // A path that told_path() may have given.
  std::string path(const std::string& key) {
    std::string found = name(key);
    if (told_path(found) != found) fail(key);
    return found;
  }

  Range range(const std::string& key, Range otherwise) {
    if (!has(key)) return otherwise;
    const Json& value = at(key);
    if (!value.is_array() || value.size() != 2) fail(key);
    const Range found{static_cast<float>(number(value[0], key)),
                      static_cast<float>(number(value[1], key))};
    if (!(std::isfinite(found.low) && std::isfinite(found.high) && found.low < found.high)) {
      fail(key);
    }
    return found;
  }

  View view(const std::string& key, const std::string& filter_key) {
    const std::string size = text(key);
    const auto cross = size.find('x');
    if (cross == std::string::npos) fail(key);
    const auto side = [&](const std::string& word) {
      const std::uint64_t length = digits(word, 10, key);
      if (length == 0 || length > kLongestSide) fail(key);
      return static_cast<int>(length);
    };
    return {side(size.substr(0, cross)), side(size.substr(cross + 1)),
            choice<ViewFilter>(filter_key, {std::begin(kViewFilters), std::end(kViewFilters)},
                               filter_name)};
  }

  std::uint64_t hash(const std::string& key) { return digits(text(key), 16, key); }

  // Older versions wrote a number.
  std::uint64_t seed(const std::string& key) {
    const Json& value = at(key);
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    return digits(text(key), 10, key);
  }

  void must_all_be_seen() const {
    for (const auto& member : json_.items()) {
      if (std::find(seen_.begin(), seen_.end(), member.key()) == seen_.end()) {
        throw Error(fmt::format("{}: it holds \"{}\", which this version does not write", kDamaged,
                                member.key().substr(0, 40)));
      }
    }
  }

 private:
  static double number(const Json& value, std::string_view key) {
    if (!value.is_number()) fail(key);
    return value.get<double>();
  }

  static std::uint64_t digits(const std::string& text, int base, std::string_view key) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) fail(key);
    return value;
  }

  const Json& json_;
  std::vector<std::string> seen_;
};

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

void read_additions(Fields& fields, Record& record) {
  NoiseAdditions& additions = record.additions;
  for (const NoiseAddition& row : noise_additions()) {
    const std::string key(row.name);
    if (!fields.has(key)) continue;
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
    record.t = fields.whole("t", 0, record.spec.steps);
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
