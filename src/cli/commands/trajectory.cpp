// qsample trajectory: one image at many timesteps.

#include "qsample/jobs/trajectory.h"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/commands/description.h"
#include "cli/heap.h"
#include "cli/options/film_options.h"
#include "cli/options/noise/noise_options.h"
#include "cli/options/noise/saved_options.h"
#include "cli/options/places.h"
#include "cli/options/result_options.h"
#include "cli/options/schedule_options.h"
#include "cli/options/shared_options.h"
#include "cli/options/timesteps/timesteps.h"
#include "cli/options/values.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

struct Options {
  TrajectoryJob job;
  std::optional<int> jobs;
  FrameChoice frames;
  FilmChoice film;
  SavedOptions saved;
  NoiseOptions noise{.path = PathKind::markov};
  ScheduleOptions schedule;
  ResultOptions results;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample trajectory cat.png -o frames               every timestep, 0 to T\n"
    "  qsample trajectory cat.png -o frames --timesteps 0,10,100-1000:100\n"
    "  qsample trajectory cat.png -o frames --timesteps 1-1000 --save eps=frames-eps\n"
    "  qsample trajectory cat.png -o cat.mp4              a film of 5 seconds\n"
    "  qsample trajectory cat.png -o cat.gif --boomerang --hold 0.5 --view-size 256\n"
    "  qsample trajectory cat.png -o - --format y4m | ffplay -\n"
    "A film of frames by hand:\n"
    "  ffmpeg -framerate 24 -pattern_type glob -i 'frames/*.png' \\\n"
    "    -pix_fmt yuv444p cat.mp4";

std::vector<int> timesteps(const FrameChoice& choice, const NoiseSchedule& schedule) {
  if (choice.frames) {
    return spread_timesteps(schedule, *choice.frames, choice.space.value_or(Space::t));
  }
  if (choice.space) {
    throw InvalidArgument("--space says how --frames N are spread, and is of films and of these");
  }
  const int last = schedule.steps();
  return choice.listed(last).value_or(strided_timesteps(0, 1, last));
}

// Those of a film, and what they are spread over, which its record says.
void choose_film(const Options& options, const NoiseSchedule& schedule, TrajectoryJob& job) {
  job.film = options.film.film();
  const FrameChoice& choice = options.frames;
  if (auto listed = choice.listed(schedule.steps())) {
    job.ts = std::move(*listed);
    return;
  }
  job.space = choice.space.value_or(usual_space(schedule));
  job.ts = spread_timesteps(schedule, choice.frames.value_or(options.film.frames()), *job.space,
                            Repeats::allowed);
}

// What the paths of a stem's frames begin with, as a shell needs it.
std::string frames_start(const TrajectoryJob& job) {
  auto start = std::filesystem::path(job.output) / (frame_stem(job.input) + "_t");
  if (start.string().starts_with('-')) start = "." / start;
  return shell_word(start.string());
}

// A command that removes the frames of the stem that have as many digits as these.
std::string removal(const TrajectoryJob& job, const std::vector<std::string>& names) {
  const auto begin = frame_stem(job.input).size() + 2;
  std::set<std::string> patterns;
  for (const auto& name : names) {
    const auto end = name.find_first_not_of("0123456789", begin);
    std::string digits;
    for (auto i = begin; i < end; ++i) digits += "[0-9]";
    patterns.insert(frames_start(job) + digits + shell_word(name.substr(end)));
  }
  return fmt::format("rm {}", fmt::join(patterns, " "));
}

// A film takes every frame of its folder: those that were made in another way would spoil it.
void check_other_frames(const OtherFrames& others, const TrajectoryJob& job,
                        const Console& console) {
  const auto holds = [&](const std::vector<std::string>& names, const std::string& what) {
    return fmt::format("{}: holds {} frame{} {} ({}{}), and a film shows {}", job.output,
                       names.size(), names.size() == 1 ? "" : "s", what, names.front(),
                       names.size() == 1 ? "" : ", ...", names.size() == 1 ? "it too" : "them too");
  };
  const auto remedy = [&](const std::vector<std::string>& names) {
    return "choose another folder, or clear this one first: " + removal(job, names);
  };
  const std::string stem = frame_stem(job.input);
  if (const auto& names = others.different; !names.empty()) {
    throw Error(holds(names, "of " + stem + " made in another way") + "; " + remedy(names));
  }
  if (const auto& names = others.unknown; !names.empty()) {
    console.warn(holds(names, "of " + stem + " without a record of its making") +
                 "; if they are of another trajectory, " + remedy(names));
  }
  if (const auto& names = others.alike; !names.empty()) {
    console.warn(holds(names, "of this trajectory at other timesteps") + "; for these " +
                 std::to_string(job.ts.size()) + " alone, " + remedy(names));
  }
  if (const auto& names = others.foreign; !names.empty()) {
    console.warn(holds(names, "of other images") + "; for these alone, give it the pattern " +
                 frames_start(job) + "*");
  }
}

int run(const Options& options, const Console& console) {
  prepare_heap();
  const bool film = is_film(options.job.output, options.job.options);
  if (!film) options.film.check_is_unused(options.job.output);
  check_is_no_terminal(options.job.output);
  options.results.check(options.job.output);
  check_is_one_image(options.job.input);
  const ForwardProcess process = options.noise.process(options.schedule, console);
  TrajectoryJob job = options.job;
  if (film) {
    choose_film(options, process.schedule, job);
  } else {
    job.ts = timesteps(options.frames, process.schedule);
  }
  job.saved = options.saved.saved();
  job.sigma_data = options.saved.sigma_data();
  job.offset = options.frames.offset();
  job.seed = options.noise.seed_of(job.input);
  job.on_other_frames = [&](const OtherFrames& others) {
    check_other_frames(others, job, console);
  };
  options.schedule.add_input(job.other_inputs);
  if (!film) check_folder_format(job.output, job.options, console);
  warn_if_image_is_left(process, console);
  const auto kept = std::make_shared<std::atomic<std::size_t>>(0);
  set_last_words([kept, film, output = job.output, frames = job.ts.size()] {
    if (film) return fmt::format("interrupted before {} was written", file_name(output));
    return fmt::format("{} of {} frames are there; --resume goes on from there",
                       outputs().committed() + *kept, frames);
  });
  const int workers = jobs_or_default(options.jobs, console);
  ProgressDisplay display(console, true);
  RunOptions how = run_options(workers, [&](const Headway& headway) {
    if (headway.unmade > 0) *kept = headway.unmade;
    display.set(headway);
  });
  options.results.apply_to(how, console);
  write_trajectory(job, process, how);
  if (how.dry_run) return 0;
  console.note(
      fmt::format("{} -> {}: {} frames, seed {}", job.input, job.output, job.ts.size(), job.seed));
  return 0;
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  command.add_option("INPUT", options->job.input, "image; - for standard input")
      ->type_name("")
      ->required();
  command
      .add_option(
          "-o,--output", options->job.output,
          "folder for the frames, made if missing; or a film, by its ending: " + film_endings())
      ->type_name("OUTPUT")
      ->required();
  const auto counting = options->frames.add_to(
      command, {"N timesteps, evenly from 0 to T", "t; of films log-snr", "the frames' names"});
  options->film.add_to(command, counting);
  options->saved.add_to(command, "into the .safetensors of x_t");
  add_jobs_option(command, options->jobs, "threads");
  command.add_flag("--resume", options->job.options.resume,
                   "keep frames made from the same input in the same way, make the others");
  add_input_options(command, options->job.reading, console);
  options->noise.add_to(command);
  options->noise.add_drawing(command);
  options->noise.add_additions(command);
  options->noise.add_seed_from_name(command);
  options->schedule.add_to(command);
  add_output_options(command, options->job.options);
  command.get_option("--format")->type_name("EXT|FILM");
  add_view_options(command, options->job.options.view);
  options->results.add_to(command);
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

}  // namespace

const Command kTrajectory = {
    "trajectory", "Write an image at many timesteps, as frames or as a film", add_options,
    [](const auto& words) { return meant_beside_image(words, "--timesteps"); }};

}  // namespace qsample::cli
