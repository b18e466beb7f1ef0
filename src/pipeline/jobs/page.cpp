#include "qsample/jobs/page.h"

#include <fmt/format.h>

#include <array>
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

void check_schedules(const PageJob& job) {
  for (const PageSchedule& offered : job.schedules) {
    const int steps = offered.schedule.steps();
    if (steps <= kMostPageSteps) continue;
    throw InvalidArgument(fmt::format("{}: {} timesteps are more than the {} of a page; take fewer "
                                      "by `steps`",
                                      offered.label, steps, kMostPageSteps),
                          "steps");
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
void check_size(const Image& image, const View& view, const std::string& name) {
  const auto [width, height] = view_size(image, view);
  if (static_cast<std::size_t>(width) * static_cast<std::size_t>(height) <= kMostPagePixels) return;
  throw Error(
      fmt::format("{}: {} x {} pixels are more than the 2048 x 2048 of a page; `view-size` "
                  "2048 makes it smaller",
                  name, width, height));
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

// What draws the noise of each node between a and c of the tree, at 3 (node - 1).
void put_bridges(const NoiseSchedule& schedule, int a, int c, std::vector<float>& bridges) {
  const int m = markov_node(a, c);
  if (m == a) return;
  const Bridge bridge = schedule.bridge(a, m, c);
  const auto at = 3 * (static_cast<std::size_t>(m) - 1);
  bridges[at] = static_cast<float>(bridge.from_a);
  bridges[at + 1] = static_cast<float>(bridge.from_c);
  bridges[at + 2] = static_cast<float>(bridge.eps);
  put_bridges(schedule, a, m, bridges);
  put_bridges(schedule, m, c, bridges);
}

Json schedule_json(const PageSchedule& offered) {
  const NoiseSchedule& schedule = offered.schedule;
  const int last = schedule.steps();
  std::vector<double> alpha;
  std::vector<double> sigma;
  for (int t = 0; t <= last; ++t) {
    alpha.push_back(schedule.alpha(t));
    sigma.push_back(schedule.sigma(t));
  }
  std::vector<float> bridges(3 * static_cast<std::size_t>(last));
  bridges.back() = static_cast<float>(schedule.sigma(last));
  put_bridges(schedule, 0, last, bridges);
  Json json;
  put_name(json, "label", offered.label);
  json["steps"] = last;
  json["alpha"] = table_text(alpha);
  json["sigma"] = table_text(sigma);
  json["bridges"] = table_text(bridges);
  json["words"] = offered.words;
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
  if (is_made) json["clean"] = job.commands.clean;
  json["command"] = is_made ? job.commands.noise_clean : job.commands.noise;
  for (const PageSchedule& offered : job.schedules) {
    json["schedules"].push_back(schedule_json(offered));
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
  check_size(input.image, job.view, file_name(job.input));
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
