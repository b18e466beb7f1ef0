// qsample noise: one image at one timestep.

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "cli/commands/commands.h"
#include "cli/commands/noise.h"
#include "cli/heap.h"
#include "cli/options/places.h"
#include "cli/options/schedule_options.h"
#include "cli/options/shared_options.h"
#include "cli/options/timesteps/timestep_options.h"
#include "cli/options/values.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "cli/terminal/terminal_picture.h"
#include "files/read_file.h"
#include "qsample/error.h"
#include "qsample/jobs/noise_file.h"

namespace qsample::cli {
namespace {

struct Options {
  NoiseJob job;
  std::vector<std::string> saved;
  std::optional<double> sigma_data;
  TimestepOptions timestep;
  NoiseOptions noise;
  ScheduleOptions schedule;
  bool show = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample noise cat.png -t 250                  writes cat_t0250.png\n"
    "  qsample noise cat.jpg -t 500 -o noisy.png --seed 7 --schedule cosine\n"
    "  qsample noise cat.png --at snr=1 -o half.npy  floats, nothing clipped\n"
    "  qsample noise cat.png -t 300 -o xt.safetensors --save eps=xt.safetensors\n"
    "  qsample noise cat.png -t 999 --zero-based --rng torch --seed 42   as diffusers\n"
    "  curl -s URL | qsample noise - -t 100 -o - | display\n"
    "\n"
    "The noise depends on the seed alone: every image of a shell loop gets the same,\n"
    "unless --seed differs; with --seed-from-name each gets its own, that of\n"
    "'qsample batch'.";

Saved parse_saved(const std::string& text) {
  const auto equals = text.find('=');
  const Target* target = find_target(std::string_view(text).substr(0, equals));
  if (equals == std::string::npos || equals + 1 == text.size() || target == nullptr) {
    std::string known;
    for (const Target& row : targets()) {
      known += fmt::format("{}{}=FILE", known.empty() ? "" : ", ", row.name);
    }
    throw InvalidArgument(fmt::format("--save: '{}' is not one of {}", text, known));
  }
  return {target, text.substr(equals + 1)};
}

double noise_with_progress(const NoiseJob& job, const ForwardProcess& process,
                           const Console& console) {
  ProgressDisplay display(console, false);
  const auto progress = [&](const Headway& headway) { display.set(headway); };
  return noise_file(job, process, run_options(default_workers(), progress));
}

NoiseWork work_of(const Options& options, const Console& console) {
  NoiseWork work{options.job, ForwardProcess(options.schedule.spec(console), options.noise.path,
                                             *options.noise.rng, options.schedule.file(),
                                             options.noise.additions)};
  work.job.seed = options.noise.seed_of(work.job.input);
  for (const auto& text : options.saved) work.job.saved.push_back(parse_saved(text));
  if (options.sigma_data) {
    work.job.sigma_data = *options.sigma_data;
    if (std::none_of(work.job.saved.begin(), work.job.saved.end(),
                     [](const Saved& saved) { return saved.target->has_scalings; })) {
      throw InvalidArgument("--sigma-data is of --save edm=FILE and edm-input=FILE");
    }
  }
  work.job.t = options.timestep.resolve(work.process.schedule, console);
  options.schedule.add_input(work.job.other_inputs);
  return work;
}

int run(const Options& options, const Console& console) {
  prepare_heap();
  check_is_one_image(options.job.input);
  auto [job, process] = work_of(options, console);
  const int last = process.schedule.steps();
  const auto counted = [&](int t) { return t - options.timestep.offset(); };
  if (options.show) {
    check_can_show();
    job.show = show_picture;
  }
  if (job.output.empty() && !options.show) {
    job.output =
        frame_name(job.input, counted(job.t), counted(last), default_extension(job.options));
  }
  check_is_no_terminal(job.output);
  set_last_words([output = job.output, files = 1 + job.saved.size()] {
    const std::size_t written = outputs().committed();
    if (output.empty()) return std::string("interrupted");
    return written == 0 ? fmt::format("interrupted before {} was written", file_name(output))
                        : fmt::format("interrupted; {} of {} outputs are written", written, files);
  });
  const double clipped = noise_with_progress(job, process, console);
  // After the work, since one line is enough where it fails.
  if (!job.output.empty()) warn_if_lossy(resolve(job.output, job.options), console);
  warn_if_image_is_left(process.schedule, console);
  console.note(fmt::format("{}{}: t {} of {}, alpha {:.6g}, sigma {:.6g}, seed {}, {:.2f}% clipped",
                           job.input, job.output.empty() ? "" : " -> " + job.output, counted(job.t),
                           counted(last), process.schedule.alpha(job.t),
                           process.schedule.sigma(job.t), job.seed, 100 * clipped));
  return 0;
}

void declare(Options& options, CLI::App& command, Console& console) {
  command.footer(kExamples);
  command.add_option("INPUT", options.job.input, "image; - for standard input")
      ->type_name("")
      ->required();
  command
      .add_option("-o,--output", options.job.output,
                  "image; - for standard output (default: <stem>_t<T>.png in this folder)")
      ->type_name("OUTPUT");
  options.timestep.add_to(command, "timestep, from 0, the clean image, to the last");
  command
      .add_option(
          "--save", options.saved,
          "also write, as floats, the noise (eps), the clean image (x0), the v-prediction "
          "target (v: alpha eps - sigma x0; of a flow eps - x0; of unscaled schedules (eps - "
          "sigma x0) / sqrt(1 + sigma^2)), the velocity of a flow (eps - x0), the score "
          "(-eps / sigma), or EDM's target (edm) and input (edm-input), with its scalings "
          "beside them in a .json; all into one .safetensors if it is named so; once for "
          "each")
      ->type_name("KIND=FILE")
      ->allow_extra_args(false);
  add_number<double>(command, "--sigma-data", options.sigma_data,
                     "the deviation of the data in EDM's scalings (default: 0.5)")
      ->type_name("X");
  add_input_options(command, options.job.reading, console);
  options.noise.add_to(command);
  options.noise.add_additions(command);
  options.noise.add_seed_from_name(command);
  options.schedule.add_to(command);
  add_output_options(command, options.job.options);
  add_view_options(command, options.job.options.view);
  add_show_option(command, options.show,
                  "show the image in the terminal; without -o it is not written");
  add_console_options(command, console);
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  declare(*options, command, console);
  return [options, &console] { return run(*options, console); };
}

}  // namespace

NoiseWork noise_work(std::vector<std::string> words, Console& console) {
  CLI::App app;
  Options options;
  declare(options, app, console);
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  app.parse(std::move(words));
  return work_of(options, console);
}

const Command kNoise = {"noise", "Noise one image to one timestep", add_options,
                        [](const auto& words) { return meant_beside_image(words, "-t"); }};

}  // namespace qsample::cli
