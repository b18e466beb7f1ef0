// qsample sheet: a contact sheet of timesteps.

#include "qsample/jobs/sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/machine/workers.h"
#include "cli/commands/commands.h"
#include "cli/heap.h"
#include "cli/options/noise/noise_options.h"
#include "cli/options/places.h"
#include "cli/options/preparation_options.h"
#include "cli/options/schedule_options.h"
#include "cli/options/shared_options.h"
#include "cli/options/timesteps/timesteps.h"
#include "cli/options/values.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "cli/terminal/terminal_picture.h"
#include "files/read_file.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

enum class Rows { image, schedule, path, seed };

constexpr int kUsualFrames = 7;
constexpr int kUsualSeeds = 4;

struct Options {
  SheetJob job;
  std::vector<std::string> inputs;
  std::optional<Rows> rows;
  FrameChoice frames;
  std::optional<int> seeds;
  NoiseOptions noise{.path = PathKind::markov};
  bool path_is_given = false;
  bool show = false;
  ScheduleOptions schedule;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample sheet cat.png -o sheet.png              seven frames, over the log SNR\n"
    "  qsample sheet cat.png dog.png -o sheet.png --frames 5 --histogram\n"
    "  qsample sheet cat.png -o sheet.png --schedule linear --schedule cosine\n"
    "  qsample sheet cat.png -o sheet.png --rows path --timesteps 0,100,200,300\n"
    "  qsample sheet cat.png -o sheet.png --label t,log-snr --background black";

constexpr std::pair<std::string_view, SheetLabel> kLabels[] = {{"t", SheetLabel::t},
                                                               {"alpha", SheetLabel::alpha},
                                                               {"sigma", SheetLabel::sigma},
                                                               {"log-snr", SheetLabel::log_snr}};

std::vector<SheetLabel> parse_labels(const std::string& text) {
  if (text == "none") return {};
  std::vector<SheetLabel> labels;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const std::string_view word = std::string_view(text).substr(at, comma - at);
    const auto* const found = std::find_if(std::begin(kLabels), std::end(kLabels),
                                           [&](const auto& label) { return label.first == word; });
    if (found == std::end(kLabels)) {
      throw InvalidArgument(fmt::format(
          "--label: '{}' is not one of t, alpha, sigma, log-snr, or several with commas, or none",
          word));
    }
    labels.push_back(found->second);
    at = comma + 1;
  }
  return labels;
}

// What the rows are: what there are several of.
Rows rows_of(const Options& options, std::size_t schedules) {
  const Rows rows = options.rows.value_or(
      schedules > 1 && options.inputs.size() == 1 ? Rows::schedule : Rows::image);
  if (rows != Rows::image && options.inputs.size() > 1) {
    throw InvalidArgument(
        fmt::format("--rows: {} images are given, and rows are of one; give one, "
                    "or --rows image",
                    options.inputs.size()));
  }
  if (rows != Rows::schedule && schedules > 1) {
    throw InvalidArgument(fmt::format(
        "--schedule: {} are given, and rows are of one; give one, or one image and --rows schedule",
        schedules));
  }
  if (rows == Rows::path && options.path_is_given) {
    throw InvalidArgument("--path: with --rows path the rows are all of them; leave it out");
  }
  if (rows != Rows::seed && options.seeds) {
    throw InvalidArgument("--seeds: the rows are no seeds; give --rows seed");
  }
  return rows;
}

std::vector<int> timesteps(const FrameChoice& choice, const NoiseSchedule& schedule, Rows rows) {
  if (auto listed = choice.listed(schedule.steps())) return std::move(*listed);
  // Rows of schedules differ at the same t; at the same log SNR they would look alike.
  const Space space =
      choice.space.value_or(rows == Rows::schedule ? Space::t : usual_space(schedule));
  const int usual = std::min(kUsualFrames, schedule.steps() + 1);
  return spread_timesteps(schedule, choice.frames.value_or(usual), space);
}

// The rows, whose processes are kept in `processes`.
std::vector<SheetRow> make_rows(const Options& options, const std::vector<NamedSpec>& specs,
                                Rows rows, std::deque<ForwardProcess>& processes) {
  std::vector<SheetRow> out;
  const auto add = [&](const std::string& label, const std::string& input, std::uint64_t seed) {
    out.push_back({label, input, &processes.back(), seed,
                   timesteps(options.frames, processes.back().schedule, rows)});
  };
  const auto process = [&](const NamedSpec& named, PathKind path) {
    processes.emplace_back(named.spec, path, *options.noise.rng, named.file, NoiseAdditions{},
                           options.noise.corruption.corruption());
  };
  const std::string& image = options.inputs.front();
  const std::uint64_t seed = options.noise.seed;
  switch (rows) {
    case Rows::image:
      process(specs.front(), options.noise.path);
      for (const std::string& input : options.inputs) {
        add(options.inputs.size() > 1 ? frame_stem(input) : "", input, seed);
      }
      break;
    case Rows::schedule:
      for (const NamedSpec& named : specs) {
        process(named, options.noise.path);
        add(named.label, image, seed);
      }
      break;
    case Rows::path:
      for (const PathKind path : {PathKind::markov, PathKind::shared, PathKind::independent}) {
        process(specs.front(), path);
        add(std::string(path_name(path)), image, seed);
      }
      break;
    case Rows::seed:
      process(specs.front(), options.noise.path);
      for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(options.seeds.value_or(kUsualSeeds));
           ++i) {
        add(fmt::format("seed {}", seed + i), image, seed + i);
      }
      break;
  }
  return out;
}

void check_columns(const std::vector<SheetRow>& rows) {
  for (const SheetRow& row : rows) {
    if (row.ts.size() != rows.front().ts.size()) {
      throw InvalidArgument(fmt::format(
          "{} has {} of these timesteps, {} {}: schedules of different -T need --frames",
          rows.front().label, rows.front().ts.size(), row.label, row.ts.size()));
    }
  }
}

int run(const Options& options, const Console& console) {
  prepare_heap();
  for (const std::string& input : options.inputs) check_is_one_image(input);
  const CorruptionFamily& family = *options.noise.corruption.corruption().family;
  const auto specs = options.schedule.with_usual(usual_schedule(family)).specs(console);
  const Rows rows = rows_of(options, specs.size());
  std::deque<ForwardProcess> processes;
  SheetJob job = options.job;
  job.rows = make_rows(options, specs, rows, processes);
  check_columns(job.rows);
  job.offset = options.frames.offset();
  options.schedule.add_input(job.other_inputs);
  check_is_no_terminal(job.output);
  if (options.show) {
    check_can_show();
    job.show = show_picture;
  } else if (job.output.empty()) {
    throw InvalidArgument("-o OUTPUT is missing; give it, or --show");
  }
  set_last_words([output = job.output] {
    return outputs().committed() == 0
               ? fmt::format("interrupted before {} was written", file_name(output))
               : fmt::format("interrupted; {} is written", file_name(output));
  });
  {
    ProgressDisplay display(console, false);
    write_sheet(job, run_options(default_workers().count,
                                 [&](const Headway& headway) { display.set(headway); }));
  }
  if (!job.output.empty()) warn_if_lossy(resolve(job.output, job.options), console);
  if (processes.size() == 1) warn_if_image_is_left(processes.front(), console);
  console.note(fmt::format("{}: {} rows of {} frames", job.output, job.rows.size(),
                           job.rows.front().ts.size()));
  return 0;
}

void add_style_options(CLI::App& command, SheetStyle& style) {
  const std::string group = "Sheet";
  std::string labels;
  for (const auto& [name, label] : kLabels) labels += std::string(name) + "|";
  command
      .add_option_function<std::string>(
          "--label", [&style](const std::string& text) { style.labels = parse_labels(text); },
          "what labels say: t (default), alpha, sigma, log-snr, several with commas, or none")
      ->type_name(labels + "none")
      ->group(group);
  command
      .add_flag("--histogram", style.histogram,
                "below each frame the histogram of x_t, before it is clipped, with the normal "
                "distribution that the process ends in, and mean and variance")
      ->group(group);
  add_number<int>(command, "--gap", style.gap, "pixels between frames (default: 8)", 0, 1000)
      ->type_name("N")
      ->group(group);
  add_number<int>(command, "--border", style.border, "pixels around all (default: 16)", 0, 1000)
      ->type_name("N")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--background",
          [&style](const std::string& text) {
            style.background = parse_colour(text, "--background");
          },
          "white (default), black, grey, or as #ffcc00; letters are light on a dark one")
      ->type_name("COLOUR")
      ->group(group);
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  command.add_option("INPUT", options->inputs, "images; - for standard input")
      ->type_name("")
      ->required();
  command.add_option("-o,--output", options->job.output, "image; - for standard output")
      ->type_name("OUTPUT");
  add_choice<Rows>(command, "--rows", options->rows,
                   "what the rows are (default: image, or schedule where several are given)",
                   {{"image", Rows::image},
                    {"schedule", Rows::schedule},
                    {"path", Rows::path},
                    {"seed", Rows::seed}});
  add_number<int>(command, "--seeds", options->seeds,
                  "rows of --rows seed, from --seed on (default: 4)", 1, 1000)
      ->type_name("N");
  options->frames.add_to(command, {"columns: N timesteps from 0 to T (default: 7)",
                                   "log-snr; t where rows are schedules", "those of labels"});
  add_style_options(command, options->job.style);
  add_view_options(command, options->job.options.view);
  add_show_option(command, options->show,
                  "show the sheet in the terminal; without -o it is not written");
  add_input_options(command, options->job.reading, console);
  options->noise.add_to(command);
  options->schedule.add_several_to(command);
  add_picture_options(command, options->job.options);
  add_console_options(command, console);
  return [options, &command, &console] {
    options->path_is_given = command.count("--path") > 0;
    return run(*options, console);
  };
}

}  // namespace

const Command kSheet = {"sheet", "Write a contact sheet of timesteps, with labels and histograms",
                        add_options};

}  // namespace qsample::cli
