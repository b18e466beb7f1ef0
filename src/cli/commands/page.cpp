// qsample page: one image as a page that computes x_t itself.

#include "qsample/jobs/page.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/machine/workers.h"
#include "cli/commands/commands.h"
#include "cli/commands/description.h"
#include "cli/options/noise/noise_options.h"
#include "cli/options/places.h"
#include "cli/options/schedule_options.h"
#include "cli/options/shared_options.h"
#include "cli/options/timesteps/timestep_options.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

struct Options {
  PageJob job;
  TimestepOptions timestep;
  NoiseOptions noise{.path = PathKind::markov};
  ScheduleOptions schedules;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample page cat.png -o cat.html              open it in any browser\n"
    "  qsample page cat.png -o cat.html --schedule linear --schedule cosine\n"
    "  qsample page cat.jpg -o cat.html --at snr=1 --seed 7 --path shared\n"
    "  qsample page cat.png -o cat.html --process d3pm-absorbing\n"
    "\n"
    "The page is one file that needs no network: it holds the image, the schedules\n"
    "and the generator, and draws every x_t to the pixel as 'qsample noise' does.\n"
    "What is shown can be linked to: cat.html#t=250&seed=7.";

// What the commands that the page shows read.
Record record_of_input(const PageJob& job) {
  Record record;
  const auto folder = std::filesystem::path(job.input).parent_path().string();
  record.source = {base_name(job.input), told_path(folder), 0, job.reading.range,
                   job.reading.decoding.frame};
  record.damaged = job.reading.decoding.allow_damaged;
  return record;
}

PageCommands commands_of(const PageJob& job) {
  const Record input = record_of_input(job);
  const std::string process = process_words(job.corruption);
  const auto noise = [&](const Record& noised) {
    return fmt::format("qsample noise {}{}{}", input_words(noised), process.empty() ? "" : " ",
                       process);
  };
  Record clean;
  clean.source.name = frame_stem(job.input) + "_x0.png";
  const std::string view = view_words(job.view);
  return {.noise = noise(input),
          .clean = fmt::format("qsample noise {} -t 0 --depth 8{}{} -o {}", input_words(input),
                               view.empty() ? "" : " ", view, input_words(clean)),
          .noise_clean = noise(clean)};
}

std::vector<PageSchedule> schedules_of(const std::vector<NamedSpec>& specs) {
  std::vector<PageSchedule> schedules;
  for (const NamedSpec& named : specs) {
    Record record;
    record.spec = resolved(named.spec);
    if (!named.file.empty()) {
      const std::string told = told_path(named.file);
      record.schedule_file = told.empty() ? base_name(named.file) : told;
    }
    schedules.push_back({named.label, make_schedule(named.spec), schedule_words(record)});
  }
  return schedules;
}

// Where a page begins if nothing is said: in the middle where what takes the image away is no
// noise.
const char* first_place(const PageJob& job) {
  const NoiseSchedule& schedule = job.schedules.front().schedule;
  const bool is_blur = job.corruption.family->blur != nullptr;
  return is_blur && schedule.snr(schedule.steps()) > 1 ? "50%" : "snr=1";
}

int run(const Options& options, const Console& console) {
  check_is_one_image(options.job.input);
  if (options.noise.rng != &generators().front()) {
    throw InvalidArgument(
        fmt::format("--rng {}: a page draws qsample's own noise alone; leave out --rng, or noise "
                    "the image by 'qsample noise'",
                    options.noise.rng->name));
  }
  PageJob job = options.job;
  job.corruption = resolved(options.noise.corruption.corruption());
  const ScheduleOptions full = options.schedules.with_usual(usual_schedule(*job.corruption.family));
  const std::vector<NamedSpec> specs = full.specs(console);
  job.schedules = schedules_of(specs);
  const NoiseSchedule& first = job.schedules.front().schedule;
  job.offset = options.timestep.offset();
  job.t = options.timestep.is_given() ? options.timestep.resolve(specs.front().spec, first, console)
                                      : find_timestep(first, first_place(job), job.offset).t;
  job.path = options.noise.path;
  job.seed = options.noise.seed_of(job.input);
  job.commands = commands_of(job);
  check_is_no_terminal(job.output);
  options.schedules.add_input(job.other_inputs);
  set_last_words([output = job.output] {
    return fmt::format("interrupted before {} was written", file_name(output));
  });
  ProgressDisplay display(console, false);
  const auto progress = [&](const Headway& headway) { display.set(headway); };
  write_page(job, run_options(default_workers().count, progress));
  // After the work, since one line is enough where it fails.
  for (const PageSchedule& offered : job.schedules) {
    if (job.corruption.is_gaussian()) warn_if_image_is_left(offered.schedule, console);
  }
  return 0;
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  command.add_option("INPUT", options->job.input, "image; - for standard input")
      ->type_name("")
      ->required();
  command.add_option("-o,--output", options->job.output, "page, an .html; - for standard output")
      ->type_name("OUTPUT")
      ->required();
  options->timestep.add_to(command,
                           "timestep that the page shows first (default: the nearest to snr=1; "
                           "50% of a blur that stays above it)");
  add_input_options(command, options->job.reading, console);
  options->noise.add_to(command);
  options->noise.add_seed_from_name(command);
  options->schedules.add_several_to(command);
  add_view_options(command, options->job.view, "the image that is noised");
  add_overwrite_option(command, options->job.overwrite);
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

}  // namespace

const Command kPage = {"page", "Make a page that computes x_t itself", add_options,
                       [](const auto& words) { return meant_beside_image(words, "-t"); }};

}  // namespace qsample::cli
