#include "cli/commands/description.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cli/console.h"
#include "qsample/jobs/noise_file.h"
#include "qsample/schedule_modifiers.h"
#include "qsample/schedules/place.h"

namespace qsample::cli {
namespace {

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// "linear, steps 1000, ..." of the parts of a record that have parts.
std::string parts_of(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    if (key.ends_with("-hex")) continue;
    const bool is_name = object.contains(key + "-hex");
    text += text.empty() ? "" : ", ";
    text += key == "name"
                ? text_of(value)
                : fmt::format("{} {}", key, is_name ? get_name(object, key) : text_of(value));
  }
  return text;
}

// A command line of words that are quoted as they need it.
class Command {
 public:
  void add(const std::string& word) { words_.push_back(word); }

  // An option and its value, which may begin as an option does.
  void add(const std::string& option, const std::string& value) {
    if (value.starts_with('-')) return add(option + "=" + value);
    add(option);
    add(value);
  }
  void add(const std::string& option, Range range) {
    add(option, fmt::format("{},{}", range.low, range.high));
  }
  template <class T>
  void add(const std::string& option, const T& value) {
    add(option, fmt::format("{}", value));
  }

  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
  [[nodiscard]] std::string text() const {
    std::string text;
    for (const std::string& word : words_) {
      if (!text.empty()) text += ' ';
      text += shell_word(word);
    }
    return text;
  }

 private:
  std::vector<std::string> words_;
};

// A path so that it is neither an option nor the name of a command or of a schedule.
std::string as_file(const std::string& path) {
  const bool plain = path.find('.') != std::string::npos && !path.starts_with('-');
  return plain ? path : fmt::format("./{}", path);
}

std::string input_of(const Source& source) {
  if (!source.folder.empty()) return as_file(source.folder + "/" + source.name);
  return source.name == "stdin" ? "-" : as_file(source.name);
}

bool is_default(Range range) { return range.low == -1 && range.high == 1; }

bool has_x(const Record& record) {
  return record.saved.empty() || record.saved.front() == kNoisedName;
}

void add_preparation(Command& command, const Preparation& preparation) {
  if (preparation.alpha == AlphaMode::drop) command.add("--alpha", "drop");
  if (preparation.alpha == AlphaMode::flatten) {
    const auto [red, green, blue] = preparation.background;
    command.add("--alpha", fmt::format("#{:02x}{:02x}{:02x}", red, green, blue));
  }
  if (preparation.mode != ColourMode::keep) command.add("--mode", mode_name(preparation.mode));
  if (!preparation.scales()) return;
  command.add("--size", fmt::format("{}x{}", preparation.width, preparation.height));
  if (preparation.filter != ViewFilter::automatic) {
    command.add("--resize-filter", filter_name(preparation.filter));
  }
  if (preparation.crop != Crop::centre) command.add("--crop", crop_name(preparation.crop));
}

void add_reading(Command& command, const Record& record) {
  add_preparation(command, record.source.preparation);
  if (record.source.frame != 0) command.add("--frame", record.source.frame);
  if (!record.source.tensor.empty()) command.add("--tensor", record.source.tensor);
  if (const LatentOptions& latent = record.source.latent) {
    command.add("--latent-scale", latent.scale);
    command.add("--latent-shift", latent.shift);
  }
  if (record.source.range) command.add("--input-range", *record.source.range);
  if (record.damaged) command.add("--allow-damaged");
}

void add_view(Command& command, const View& view) {
  if (!view) return;
  command.add("--view-size", fmt::format("{}x{}", view.width, view.height));
  if (view.filter != ViewFilter::automatic) command.add("--view-filter", filter_name(view.filter));
}

// "0-1000:10,1003": runs of at least three that are equally far apart, and single ones.
std::string list_of(const std::vector<int>& ts) {
  std::string list;
  for (std::size_t i = 0; i < ts.size();) {
    std::size_t end = i + 1;
    while (end + 1 < ts.size() && ts[end + 1] - ts[end] == ts[i + 1] - ts[i]) ++end;
    const bool is_run = end > i + 1;
    list += fmt::format("{}{}", list.empty() ? "" : ",", ts[i]);
    if (is_run) list += fmt::format("-{}", ts[end]);
    if (const int stride = is_run ? ts[i + 1] - ts[i] : 1; stride > 1) {
      list += fmt::format(":{}", stride);
    }
    i = is_run ? end + 1 : i + 1;
  }
  return list;
}

// Where and when frames are shown.
void add_film(Command& command, const Record& record) {
  const auto& [ts, space, film] = record.film;
  command.add("-o",
              as_file(fmt::format("{}.{}", frame_stem(record.source.name), record.options.format)));
  if (space) {
    command.add("--frames", ts.size());
    command.add("--space", space_name(*space));
  } else {
    command.add("--timesteps", list_of(ts));
  }
  command.add("--fps", film.fps);
  if (film.hold > 0) command.add("--hold", film.hold);
  if (film.boomerang) command.add("--boomerang");
  if (film.quality) command.add("--quality", *film.quality);
  if (film.lossless) command.add("--lossless");
  if (film.compatible) command.add("--compatible");
}

// Where on the schedule.
void add_place(Command& command, const Record& record) {
  if (record.place) {
    command.add(fmt::format("--{}", place_kind_name(record.place->kind)), record.place->value);
  } else {
    command.add("-t", record.t);
  }
}

void add_outputs(Command& command, const Record& record) {
  const OutputOptions& options = record.options;
  const std::string format = record.saved.empty() ? options.format : "safetensors";
  if (has_x(record) && options.depth != 0) command.add("--depth", options.depth);
  if (options.dtype) command.add("--dtype", dtype_name(*options.dtype));
  if (options.range.automatic) {
    command.add("--range", "auto");
  } else if (!is_default(options.range.fixed)) {
    command.add("--range", options.range.fixed);
  }
  add_view(command, options.view);
  if (options.layout) command.add("--layout", *options.layout == Layout::hwc ? "hwc" : "chw");
  if (options.compression == Compression::small) command.add("--compression", "small");
  if (record.film.is_film()) return;  // its name says the form
  if (!format.empty()) command.add("--format", format);
  // In the file of x_t, which has its usual name, or together in one of their own.
  const std::string ending = (has_x(record) ? "" : "_" + record.saved.front()) + ".safetensors";
  const auto file = record.place
                        ? fmt::format("{}_{}{}", frame_stem(record.source.name),
                                      place_word(*record.place), ending)
                        : frame_name(record.source.name, record.t, record.spec.steps, ending);
  for (const std::string& name : record.saved) {
    if (name != kNoisedName) command.add("--save", fmt::format("{}={}", name, file));
  }
  const bool scaled =
      std::any_of(record.saved.begin(), record.saved.end(), [](const std::string& name) {
        const Target* target = find_target(name);
        return target != nullptr && target->has_scalings;
      });
  if (scaled && record.sigma_data != kSigmaData) command.add("--sigma-data", record.sigma_data);
}

void add_additions(Command& command, const NoiseAdditions& additions) {
  for (const NoiseAddition& row : noise_additions()) {
    if (!row.is_set(additions)) continue;
    const std::string option = fmt::format("--{}", row.name);
    if (row.is_flag()) {
      command.add(option);
    } else {
      command.add(option, row.get(additions));
    }
  }
  if (additions.pyramid_seed) command.add("--pyramid-seed", *additions.pyramid_seed);
}

void add_corruption(Command& command, const Corruption& corruption) {
  if (corruption.is_gaussian()) return;
  command.add("--process", corruption.family->name);
  for (const auto& [name, value] : corruption.parameters) command.add("--" + name, value);
}

void add_modifier(Command& command, const ScheduleModifier& modifier, const ScheduleSpec& spec) {
  const std::string option = fmt::format("--{}", modifier.name);
  switch (modifier.kind) {
    case ScheduleModifier::Kind::flag:
      if (modifier.is_set(spec)) command.add(option);
      break;
    case ScheduleModifier::Kind::number:
      if (modifier.always_told || modifier.is_set(spec)) command.add(option, modifier.get(spec));
      break;
    case ScheduleModifier::Kind::choice:
      if (modifier.always_told || modifier.is_set(spec)) command.add(option, modifier.word(spec));
      break;
  }
}

void add_schedule(Command& command, const Record& record) {
  const ScheduleSpec& spec = record.spec;
  const bool by_file = spec.name == "betas" || spec.name == "table";
  const std::string file = record.schedule_file.empty() ? "SCHEDULE.txt" : record.schedule_file;
  command.add("--schedule", by_file ? as_file(file) : spec.name);
  // A scheduler_config.json says its own, of which there are more than inference steps.
  const int steps = spec.inference_steps == 0 ? spec.steps : spec.trained_steps;
  if (steps != 0) command.add("-T", steps);
  for (const auto& [name, value] : spec.parameters) command.add("--" + name, value);
  for (const ScheduleModifier& modifier : schedule_modifiers())
    add_modifier(command, modifier, spec);
}

}  // namespace

std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,=-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos && word[0] != '=') {
    return word;
  }
  if (printable(word) == word && word.find('\'') == std::string::npos)
    return fmt::format("'{}'", word);
  std::string out = "$'";
  for (const char c : word) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == ' ' || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out + "'";
}

std::string input_words(const Record& record) {
  Command command;
  command.add(input_of(record.source));
  add_reading(command, record);
  return command.text();
}

std::string view_words(const View& view) {
  Command command;
  add_view(command, view);
  return command.text();
}

std::string schedule_words(const Record& record) {
  Command command;
  add_schedule(command, record);
  return command.text();
}

std::string process_words(const Corruption& corruption) {
  Command command;
  add_corruption(command, corruption);
  return command.text();
}

namespace {

Command made_by(const Record& record) {
  Command command;
  const bool is_film = record.film.is_film();
  for (const char* word : {"qsample", is_film ? "trajectory" : "noise"}) command.add(word);
  command.add(input_of(record.source));
  if (is_film) {
    add_film(command, record);
  } else {
    add_place(command, record);
  }
  add_corruption(command, record.corruption);
  command.add("--path", path_name(record.path));
  command.add("--rng", record.rng->name);
  command.add("--seed", record.seed);
  if (record.draw != 0) command.add("--draw", record.draw);
  if (record.batch.items != 1) {
    command.add("--batch-shape", record.batch.items);
    command.add("--item", record.batch.item);
  }
  if (record.noise_dtype) command.add("--noise-dtype", dtype_name(*record.noise_dtype));
  if (record.device_threads != 0) {
    command.add("--cuda-multiprocessors", record.device_threads / 256);
    command.add("--cuda-threads", 256);
  }
  add_additions(command, record.additions);
  add_reading(command, record);
  add_outputs(command, record);
  add_schedule(command, record);
  return command;
}

}  // namespace

std::string command_of(const Record& record) { return made_by(record).text(); }

std::vector<std::string> command_words(const Record& record) { return made_by(record).words(); }

std::string description_of(const std::string& record) {
  const std::string again = command_of(read_record(record));
  const Json json = parse_json(record);
  std::string text;
  const auto add = [&](std::string_view key, const std::string& value) {
    text += fmt::format("{:<13}{}\n", printable(key), printable(value));
  };
  for (const auto& [key, value] : json.items()) {
    if (key.ends_with("-hex")) continue;
    const bool is_name = json.contains(key + "-hex");
    add(key, value.is_object() ? parts_of(value) : is_name ? get_name(json, key) : text_of(value));
  }
  add("again", again);
  return text;
}

std::string json_description_of(const std::string& record) {
  const std::string again = command_of(read_record(record));
  Json json = parse_json(record);
  json["again"] = again;
  return json_text(json);
}

}  // namespace qsample::cli
