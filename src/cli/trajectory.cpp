// qsample trajectory: one image at many timesteps.

#include "pipeline/trajectory.h"

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/heap.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "cli/shared_options.h"
#include "cli/stop.h"
#include "cli/timesteps.h"
#include "cli/values.h"
#include "io/file.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

struct Options {
  TrajectoryJob job;
  int workers = default_workers();
  std::optional<int> every;
  std::optional<int> frames;
  std::string timesteps;
  bool zero_based = false;
  NoiseOptions noise{.path = PathKind::markov};
  ScheduleOptions schedule;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample trajectory cat.png -o frames                every timestep, 0 to T\n"
    "  qsample trajectory cat.png -o frames --frames 120   for a film of 5 seconds\n"
    "  qsample trajectory cat.png -o frames --timesteps 0,10,100-1000:100\n"
    "  ffmpeg -framerate 24 -pattern_type glob -i 'frames/*.png' \\\n"
    "    -pix_fmt yuv444p cat.mp4";

std::vector<int> timesteps(const Options& options, int last) {
  if (options.every) {
    return strided_timesteps(0, *options.every, last);
  }
  if (options.frames) return even_timesteps(*options.frames, last);
  if (!options.timesteps.empty()) {
    return parse_timesteps(options.timesteps, last, options.zero_based ? 1 : 0);
  }
  return strided_timesteps(0, 1, last);
}

int run(const Options& options, const Console& console) {
  prepare_heap();
  check_is_folder(options.job.folder, "frames");
  check_is_one_image(options.job.input);
  const Recipe recipe(options.schedule.spec(console), options.noise.path, options.noise.rng,
                      options.schedule.file());
  TrajectoryJob job = options.job;
  job.ts = timesteps(options, recipe.schedule.steps());
  job.seed = options.noise.seed;
  options.schedule.add_input(job.other_inputs);
  check_folder_format(job.folder, job.output, console);
  warn_if_image_is_left(recipe.schedule, console);
  const auto kept = std::make_shared<std::atomic<std::size_t>>(0);
  set_last_words([kept, frames = job.ts.size()] {
    return fmt::format("{} of {} frames are there; --resume goes on from there",
                       committed_files() + *kept, frames);
  });
  ProgressDisplay display(console, true);
  write_trajectory(
      job, recipe,
      {.workers = options.workers, .stop = stop_flag(), .progress = [&](const Headway& headway) {
         if (headway.unmade > 0) *kept = headway.unmade;
         display.set(headway);
       }});
  console.note(
      fmt::format("{} -> {}: {} frames, seed {}", job.input, job.folder, job.ts.size(), job.seed));
  return 0;
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  command.add_option("INPUT", options->job.input, "image; - for standard input")
      ->type_name("")
      ->required();
  command.add_option("-o,--output", options->job.folder, "folder for the frames, made if missing")
      ->type_name("DIR")
      ->required();
  auto* every = add_number<int>(command, "--every", options->every, "timesteps 0, K, 2 K, ...", 1)
                    ->type_name("K");
  auto* frames =
      add_number<int>(command, "--frames", options->frames, "N timesteps, evenly over 0..T")
          ->type_name("N");
  auto* list = command.add_option("--timesteps", options->timesteps, "such as 0,10,100-200:20")
                   ->type_name("LIST");
  every->excludes(frames, list);
  frames->excludes(list);
  add_number<int>(command, "-j,--jobs", options->workers, "threads (default: the cores it may use)",
                  1)
      ->type_name("N");
  command
      .add_flag("--zero-based", options->zero_based,
                "count the timesteps of --timesteps from 0, where 0 is one step of noise")
      ->needs(list);
  command.add_flag("--resume", options->job.output.resume,
                   "keep frames made from the same input in the same way, make the others");
  add_input_options(command, options->job.reading, console);
  options->noise.add_to(command);
  options->schedule.add_to(command);
  add_output_options(command, options->job.output);
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

}  // namespace

const Command kTrajectory = {
    "trajectory", "Write an image at many timesteps as a sequence of frames", add_options,
    [](const auto& words) { return meant_beside_image(words, "--timesteps"); }};

}  // namespace qsample::cli
