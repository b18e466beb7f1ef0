// qsample noise: one image at one timestep.

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/machine/workers.h"
#include "cli/commands/commands.h"
#include "cli/commands/noise.h"
#include "cli/heap.h"
#include "cli/options/noise/noise_options.h"
#include "cli/options/places.h"
#include "cli/options/result_options.h"
#include "cli/options/schedule_options.h"
#include "cli/options/shared_options.h"
#include "cli/options/timesteps/timestep_options.h"
#include "cli/options/values.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "cli/terminal/terminal_picture.h"
#include "files/read_file.h"
#include "pipeline/outputs/name_template.h"
#include "pipeline/source.h"
#include "qsample/error.h"
#include "qsample/jobs/noise_file.h"
#include "qsample/sampling/timestep_law.h"

namespace qsample::cli {
namespace {

struct Options {
  NoiseJob job;
  std::vector<std::string> saved;
  std::optional<double> sigma_data;
  std::string name;
  std::uint32_t draw = 0;
  TimestepOptions timestep{TimestepOptions::Taken::several};
  NoiseOptions noise;
  ScheduleOptions schedule;
  bool show = false;
  ResultOptions results;
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
  const auto equals = std::min(text.find('='), text.size());
  const Target& target = target_of(std::string_view(text).substr(0, equals), "=FILE");
  if (equals + 1 >= text.size()) {
    throw InvalidArgument(
        fmt::format("--save: '{}' names no file, as {}=FILE does", text, target.name));
  }
  return {&target, text.substr(equals + 1)};
}

std::vector<double> noise_with_progress(const NoiseWork& work, const ResultOptions& results,
                                        const Console& console) {
  ProgressDisplay display(console, false);
  const auto progress = [&](const Headway& headway) { display.set(headway); };
  RunOptions how = run_options(default_workers().count, progress);
  results.apply_to(how, console);
  return noise_files(work.jobs, work.process, how);
}

// What is the same for every output.
NoiseJob first_job(const Options& options) {
  NoiseJob job = options.job;
  job.seed = options.noise.seed_of(job.input);
  job.make_folders = !options.name.empty();
  for (const auto& text : options.saved) job.saved.push_back(parse_saved(text));
  options.schedule.add_input(job.other_inputs);
  if (!options.sigma_data) return job;
  job.sigma_data = *options.sigma_data;
  if (std::none_of(job.saved.begin(), job.saved.end(),
                   [](const Saved& saved) { return saved.target->has_scalings; })) {
    throw InvalidArgument("--sigma-data is of --save edm=FILE and edm-input=FILE");
  }
  return job;
}

// Gives the jobs of several outputs their names; and a single one, where none is given.
class Names {
 public:
  Names(const Options& options, const TimestepChoice& choice, const NoiseSchedule& schedule,
        bool several)
      : options_(options),
        choice_(choice),
        schedule_(schedule),
        widths_{schedule.steps() - choice.offset, choice.draws} {
    const bool several_t = choice.ts.size() > 1;
    const bool several_draws = choice.draws > 1;
    const bool is_named = !options.job.output.empty() || (options.show && options.name.empty());
    if (several && is_named) {
      throw InvalidArgument(
          "there are several outputs; --name names them, as in --name "
          "'{stem}_{t}_{k}.png'");
    }
    if (!options.job.output.empty() && !options.name.empty()) {
      throw InvalidArgument("-o and --name both name the output; give one of them");
    }
    is_pattern_ = several || !options.name.empty();
    if (is_named) return;
    const std::string text =
        options.name.empty() ? default_pattern(true, several_draws) : options.name;
    output_.emplace(text, widths_);
    output_->check_tells_apart(several_t, several_draws);
    if (output_->ending().empty()) ending_ = default_extension(options.job.options);
  }

  void name(NoiseJob& job) const {
    const NameFields fields{
        frame_stem(job.input), job.t - choice_.offset, job.draw - options_.draw, job.seed,
        schedule_.is_point(job.t) ? place_word(schedule_.point(job.t).place) : std::string()};
    if (output_) job.output = output_->expand(fields) + ending_;
    if (!is_pattern_) return;
    for (Saved& saved : job.saved) {
      const NameTemplate pattern(saved.path, widths_, "save");
      pattern.check_tells_apart(choice_.ts.size() > 1, choice_.draws > 1);
      saved.path = pattern.expand(fields);
    }
  }

 private:
  const Options& options_;
  const TimestepChoice& choice_;
  const NoiseSchedule& schedule_;
  NameWidths widths_;
  bool is_pattern_ = false;
  std::optional<NameTemplate> output_;
  std::string ending_;
};

NoiseWork work_of(const Options& options, const Console& console) {
  NoiseWork work{{}, options.noise.process(options.schedule, console)};
  NoiseSchedule& schedule = work.process.schedule;
  const auto choice = options.timestep.choice(work.process.spec, schedule, console);
  if (choice.draws + options.draw > 1 && !options.noise.rng->has_draws) {
    throw InvalidArgument(
        fmt::format("--rng {}: only the first draw of a seed is known", options.noise.rng->name));
  }
  NoiseJob job = first_job(options);
  const RandomChoice& random = choice.random;
  const RandomTimesteps drawn(schedule, *random.law, random.values, random.first, random.last);
  const std::size_t count = std::max<std::size_t>(1, choice.ts.size()) * choice.draws;
  const Names names(options, choice, schedule, count > 1);
  for (std::size_t i = 0; i < count; ++i) {
    job.draw = options.draw + static_cast<std::uint32_t>(i % choice.draws);
    job.t = choice.is_random() ? drawn.draw(job.seed, job.draw) : choice.ts[i / choice.draws];
    work.jobs.push_back(job);
    names.name(work.jobs.back());
  }
  return work;
}

int run(const Options& options, const Console& console) {
  prepare_heap();
  check_is_one_image(options.job.input);
  NoiseWork work = work_of(options, console);
  std::vector<NoiseJob>& jobs = work.jobs;
  const NoiseSchedule& schedule = work.process.schedule;
  const auto counted = [&](int t) {
    return schedule.is_point(t) ? fmt::format("{:.10g}", schedule.time(t))
                                : fmt::format("{}", t - options.timestep.offset());
  };
  const std::string output = jobs.front().output;
  if (options.show) {
    check_can_show();
    for (NoiseJob& job : jobs) job.show = show_picture;
  }
  check_is_no_terminal(output);
  set_last_words([output, files = jobs.size() * (1 + jobs.front().saved.size())] {
    const std::size_t written = outputs().committed();
    if (output.empty()) return std::string("interrupted");
    return written == 0 ? fmt::format("interrupted before {} was written", file_name(output))
                        : fmt::format("interrupted; {} of {} outputs are written", written, files);
  });
  options.results.check(output);
  const auto clipped = noise_with_progress(work, options.results, console);
  if (options.results.is_dry_run()) return 0;
  // After the work, since one line is enough where it fails.
  if (!output.empty()) warn_if_lossy(resolve(output, jobs.front().options), console);
  warn_if_image_is_left(work.process, console);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const NoiseJob& job = jobs[i];
    console.note(fmt::format(
        "{}{}: t {} of {}, alpha {:.6g}, sigma {:.6g}, seed {}{}, {:.2f}% clipped", job.input,
        job.output.empty() ? "" : " -> " + job.output, counted(job.t), counted(schedule.steps()),
        schedule.alpha(job.t), schedule.sigma(job.t), job.seed,
        job.draw == 0 ? "" : fmt::format(", draw {}", job.draw), 100 * clipped[i]));
  }
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
  options.timestep.add_to(command,
                          "timestep, from 0, the clean image, to the last; several, such as "
                          "100,250,500 or 0-1000:50; or 'random': drawn from 1..T by the seed");
  options.timestep.add_places_to(command);
  options.timestep.add_several_to(command);
  add_name_option(command, options.name, "{stem}: the input's name without its ending");
  add_number<std::uint32_t>(command, "--draw", options.draw,
                            "the first draw of the seed's noise (default: 0); of torch and numpy, "
                            "what follows as many of the image's size",
                            0, kMostDraws - 1)
      ->type_name("K")
      ->group("Noise");
  add_save_option(command, options.saved, "KIND=FILE",
                  "all into one .safetensors if it is named so; of several outputs FILE is a "
                  "pattern as --name is");
  add_sigma_data_option(command, options.sigma_data);
  add_input_options(command, options.job.reading, console);
  options.noise.add_to(command);
  options.noise.add_drawing(command);
  options.noise.add_additions(command);
  options.noise.add_seed_from_name(command);
  options.schedule.add_to(command);
  add_output_options(command, options.job.options);
  add_view_options(command, options.job.options.view);
  add_show_option(command, options.show,
                  "show the image in the terminal; without -o it is not written");
  options.results.add_to(command);
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
