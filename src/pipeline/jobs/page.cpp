#include "qsample/jobs/page.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "base/base64.h"
#include "base/fail.h"
#include "base/json.h"
#include "files/output_file.h"
#include "image/codec.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/memory_budget.h"
#include "pipeline/noise_image.h"
#include "pipeline/page_template.h"
#include "pipeline/source.h"
#include "pipeline/view.h"
#include "qsample/error.h"
#include "qsample/processes/discrete.h"

namespace qsample {
namespace {

constexpr std::string_view kEndings[] = {".html", ".htm"};
constexpr int kDepth = 8;  // of a browser's canvas

void check_name(const std::string& output) {
  if (output == "-") return;
  check_is_no_folder(output);
  const auto ending = lower_extension(output);
  for (const std::string_view known : kEndings) {
    if (ending == known) return;
  }
  const auto named = std::filesystem::path(output).replace_extension(kEndings[0]).string();
  throw InvalidArgument(output + ": a page is an HTML file; name it " + named);
}

// Whether a sample's chain is a walk that goes by no short cut.
bool walks(const Corruption& corruption) {
  return corruption.family->transition == Transition::gaussian;
}

// Throws for a schedule whose betas are no probabilities.
void check_betas(const PageSchedule& offered, Transition transition) {
  try {
    const DiscreteChain chain(offered.schedule, transition);
  } catch (const InvalidArgument& e) {
    throw InvalidArgument(fmt::format("{}: {}", offered.label, e.what()));
  }
}

void check_schedules(const PageJob& job) {
  const bool is_walk = walks(job.corruption);
  const int most = is_walk ? kMostPageMatrices : kMostPageSteps;
  for (const PageSchedule& offered : job.schedules) {
    const int steps = offered.schedule.steps();
    if (steps > most) {
      throw InvalidArgument(
          fmt::format("{}: {} timesteps are more than the {} of a page{}; take fewer by `steps`",
                      offered.label, steps, most, is_walk ? " by d3pm-gaussian" : ""),
          "steps");
    }
    if (job.corruption.is_discrete()) check_betas(offered, *job.corruption.family->transition);
  }
}

// Throws if the output is an input, or cannot come to be.
void check_output(const PageJob& job, JobFiles& files) {
  std::vector<OtherInput> inputs = job.other_inputs;
  inputs.push_back({job.input, job.input});
  check_one_output(job.output, inputs, files);
  check_place(job.output, job.overwrite);
}

void check_channels(const Image& image, const std::string& name) {
  if (image.channels == 1 || image.channels == 3) return;
  throw Error(fmt::format("{}: has {} channels; a page shows grey or RGB", name, image.channels));
}

// Throws where the page's image would be too large.
void check_size(const Image& image, const PageJob& job, const std::string& name) {
  const auto [width, height] = view_size(image, job.view);
  const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  if (pixels > kMostPagePixels) {
    throw Error(
        fmt::format("{}: {} x {} pixels are more than the 2048 x 2048 of a page; `view-size` "
                    "2048 makes it smaller",
                    name, width, height));
  }
  if (!walks(job.corruption)) return;
  for (const PageSchedule& offered : job.schedules) {
    const std::size_t most = kMostPageJumps / static_cast<std::size_t>(offered.schedule.steps()) /
                             static_cast<std::size_t>(image.channels);
    if (pixels <= most) continue;
    throw Error(
        fmt::format("{}: {} x {} pixels are more than a page walks {} timesteps with by "
                    "d3pm-gaussian; `view-size` {} makes it smaller",
                    name, width, height, offered.schedule.steps(),
                    static_cast<int>(std::sqrt(static_cast<double>(most)))));
  }
}

// x_0 as the page has it: the input at t = 0 in 8 bits and the size of the view, without what would
// have a browser convert its colours.
Image page_image(Image image, const PageJob& job, const RunOptions& run) {
  const NoiseSchedule& schedule = job.schedules.front().schedule;
  const auto noise =
      generators().front().make(job.seed, {image.width, image.height, image.channels}, 0);
  const NoisePath path(schedule, *noise, PathKind::shared);
  Image clean = viewed(noise_image(std::move(image), path, 0, kDepth, {}, run), job.view).image;
  clean.annotations = {};
  return clean;
}

std::string png_text(const Image& image, const RunOptions& run) {
  std::vector<std::byte> png;
  kPng.encode(image, {.extension = ".png", .compression = Compression::small, .run = run},
              [&](Bytes piece) { png.insert(png.end(), piece.begin(), piece.end()); });
  return base64(png);
}

template <class T>
std::string table_text(const std::vector<T>& table) {
  return base64(std::as_bytes(std::span(table)));
}

// Calls put(a, m, c) for each node m between a and c of the tree.
template <class Put>
void for_each_bridge(int a, int c, const Put& put) {
  const int m = markov_node(a, c);
  if (m == a) return;
  put(a, m, c);
  for_each_bridge(a, m, put);
  for_each_bridge(m, c, put);
}

// What draws the noise of each node m, at 3 (m - 1).
std::vector<float> bridges_of(const NoiseSchedule& schedule) {
  const int last = schedule.steps();
  std::vector<float> bridges(3 * static_cast<std::size_t>(last));
  bridges.back() = static_cast<float>(schedule.sigma(last));
  for_each_bridge(0, last, [&](int a, int m, int c) {
    const Bridge bridge = schedule.bridge(a, m, c);
    const auto at = 3 * (static_cast<std::size_t>(m) - 1);
    bridges[at] = static_cast<float>(bridge.from_a);
    bridges[at + 1] = static_cast<float>(bridge.from_c);
    bridges[at + 2] = static_cast<float>(bridge.eps);
  });
  return bridges;
}

// alpha_{m|a} and alpha_{c|m} of each node m, at 2 (m - 1), without a blur.
std::vector<double> ratios_of(const NoiseSchedule& schedule) {
  std::vector<double> ratios(2 * static_cast<std::size_t>(schedule.steps()));
  for_each_bridge(0, schedule.steps(), [&](int a, int m, int c) {
    const auto at = 2 * (static_cast<std::size_t>(m) - 1);
    ratios[at] = schedule.step(a, m).x0;
    ratios[at + 1] = schedule.step(m, c).x0;
  });
  return ratios;
}

// get(schedule, t) for t = first..T.
template <class Get>
std::string table_text(const NoiseSchedule& schedule, int first, const Get& get) {
  std::vector<double> table;
  for (int t = first; t <= schedule.steps(); ++t) table.push_back(get(t));
  return table_text(table);
}

Json schedule_json(const PageSchedule& offered, const Corruption& corruption) {
  const NoiseSchedule& schedule = offered.schedule;
  Json json;
  put_name(json, "label", offered.label);
  json["steps"] = schedule.steps();
  json["alpha"] = table_text(schedule, 0, [&](int t) { return schedule.alpha(t); });
  json["sigma"] = table_text(schedule, 0, [&](int t) { return schedule.sigma(t); });
  if (corruption.is_discrete()) {
    json["betas"] = table_text(schedule, 1, [&](int t) { return schedule.beta(t); });
    json["kept"] = table_text(schedule, 0, [&](int t) { return schedule.alpha_bar(t); });
  } else if (corruption.family->blur != nullptr) {
    const auto blur = [&](int t) { return *corruption.blur(schedule, t); };
    json["blur"] = table_text(schedule, 0, [&](int t) { return blur(t).sigma; });
    json["least"] = table_text(schedule, 0, [&](int t) { return blur(t).min_scale; });
    json["ratios"] = table_text(ratios_of(schedule));
  } else {
    json["bridges"] = table_text(bridges_of(schedule));
  }
  json["words"] = offered.words;
  return json;
}

std::string_view transition_name(Transition transition) {
  switch (transition) {
    case Transition::uniform: return "uniform";
    case Transition::absorbing: return "absorbing";
    case Transition::gaussian: return "gaussian";
  }
  return {};
}

// What a page does for x_t: `kind` says how it is made of x_0.
Json process_json(const Corruption& corruption) {
  Json json;
  json["name"] = corruption.family->name;
  json["kind"] = corruption.is_discrete()             ? "drawn"
                 : corruption.family->blur != nullptr ? "blurred"
                                                      : "mixed";
  if (corruption.is_discrete()) {
    json["transition"] = transition_name(*corruption.family->transition);
  }
  return json;
}

// All but the image itself, which `is_made` from the input by a command.
std::string data_text(const PageJob& job, const Source& source, const Image& image, bool is_made) {
  Json json;
  put_name(json, "name", source.name);
  json["width"] = image.width;
  json["height"] = image.height;
  json["version"] = QSAMPLE_VERSION;
  json["t"] = job.t;
  json["offset"] = job.offset;
  json["seed"] = std::to_string(job.seed);
  json["path"] = path_name(job.path);
  json["process"] = process_json(job.corruption);
  if (is_made) json["clean"] = job.commands.clean;
  json["command"] = is_made ? job.commands.noise_clean : job.commands.noise;
  for (const PageSchedule& offered : job.schedules) {
    json["schedules"].push_back(schedule_json(offered, job.corruption));
  }
  std::string text = json_text(json);
  // Nothing in it ends the element that it stands in.
  for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at)) {
    text.replace(at, 1, "\\u003c");
  }
  return text;
}

// Bytes that the page takes once its image is there: the PNG, which may be somewhat longer, and
// that as text, while each of them grows.
std::size_t page_memory(const Image& image) {
  return 6 * (image.samples() + (image.has_alpha() ? image.pixels() : 0));
}

void write_text(const std::string& data, const std::string& image, OutputFile& file) {
  const auto write = [&](std::string_view text) { file.write(std::as_bytes(std::span(text))); };
  std::string_view rest = kPageTemplate;
  for (const auto& [mark, text] :
       {std::pair<std::string_view, const std::string&>("@data@", data), {"@image@", image}}) {
    const auto at = rest.find(mark);
    write(rest.substr(0, at));
    write(text);
    rest.remove_prefix(at + mark.size());
  }
  write(rest);
}

}  // namespace

void write_page(const PageJob& job, const RunOptions& run) {
  check_name(job.output);
  check_schedules(job);
  Outputs own;
  Outputs& written = run.outputs == nullptr ? own : *run.outputs;
  check_output(job, written.files());
  MemoryBudget budget(job.reading.max_memory);
  MemoryLease lease(&budget);
  InputOptions reading = job.reading;
  reading.preparation.seed = job.seed;
  reading.decoding.run = run;
  reading.decoding.run.outputs = &written;
  Input input =
      read_input(job.input, reading, lease, [](const Footprint& image) { return image.samples; });
  check_channels(input.image, file_name(job.input));
  check_size(input.image, job, file_name(job.input));
  const bool is_rounded = input.image.depth() != kDepth;
  if (is_rounded) {
    reading.decoding.warn(
        fmt::format("{}: has {} bits a sample, of which the page keeps {}; its "
                    "commands say how",
                    file_name(job.input), input.image.file_depth(), kDepth));
  }
  lease.hold_more(view_memory(input.image, kDepth, job.view));
  const Image clean = page_image(std::move(input.image), job, run);
  lease.hold_more(page_memory(clean));
  const std::string image = png_text(clean, run);
  const std::string data = data_text(job, input.source, clean, is_rounded || job.view);
  run.tell({"writing"});
  OutputFile file(job.output, {.overwrite = job.overwrite}, written);
  write_text(data, image, file);
  throw_if(run.stop);
  file.commit();
  written.sync();
}

}  // namespace qsample
