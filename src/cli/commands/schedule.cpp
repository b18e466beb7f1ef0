// qsample schedule: the table of a schedule, or its curves.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/options/schedule_options.h"
#include "cli/options/shared_options.h"
#include "cli/options/timesteps/place_options.h"
#include "cli/options/timesteps/timestep_options.h"
#include "cli/options/values.h"
#include "cli/stop.h"
#include "pipeline/curves/terminal_plot.h"
#include "qsample/error.h"
#include "qsample/jobs/curves.h"
#include "qsample/schedules/place.h"

namespace qsample::cli {
namespace {

struct Options {
  ScheduleOptions schedule;
  CurvesJob job;
  bool stats = false;
  bool plot = false;
  std::optional<int> timestep;
  std::string place;
  std::optional<PathPlace> real_place;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample schedule | less\n"
    "  qsample schedule -o curves.svg --schedule linear --schedule cosine --mark 500\n"
    "  qsample schedule --plot --schedule cosine\n"
    "  qsample schedule --schedule cosine -T 4000 -o cosine.csv\n"
    "  qsample schedule -t 250\n"
    "  qsample schedule --find grey-levels=25\n"
    "  qsample schedule --schedule karras --sigma 1.234\n"
    "  qsample schedule --stats --schedule scaled-linear --zero-terminal-snr\n"
    "\n"
    "At t = 0 there is no beta, and the SNR is infinite: in csv an empty field and\n"
    "inf, in json both null.";

std::string stats_of(const NoiseSchedule& schedule) {
  const int last = schedule.steps();
  const int balanced = find_timestep(schedule, "snr=1").t;
  return fmt::format(
      "steps        {}\n"
      "beta         {:.6g} .. {:.6g}\n"
      "alpha_bar_T  {:.6g}\n"
      "snr_T        {:.6g}\n"
      "snr = 1      t = {} (snr {:.6g})\n"
      "prior        {:.3g} bits/dim, KL(q(x_T|x_0) || N(0, I)) for E[x_0^2] = 1/3\n",
      last, schedule.beta(1), schedule.beta(last), schedule.alpha_bar(last), schedule.snr(last),
      balanced, schedule.snr(balanced), schedule.prior_bits_per_dim());
}

void print_stats(const std::vector<NamedSchedule>& schedules) {
  std::string text;
  for (const auto& [label, schedule, timesteps] : schedules) {
    if (schedules.size() > 1) {
      text += fmt::format("{}{}:\n", text.empty() ? "" : "\n", printable(label));
    }
    text += stats_of(schedule);
  }
  print(text);
}

void print_plot(const CurvesJob& job, const Console& console) {
  check_marks(job.schedules, job.marks);
  const CharacterGrid size = terminal_size(STDOUT_FILENO);
  plot::Terminal terminal{static_cast<int>(size.columns), static_cast<int>(size.rows),
                          console.colours(STDOUT_FILENO), shows_unicode()};
  if (!terminal.braille) {
    console.inform("this locale has no braille, so letters are the dots; LC_ALL=C.UTF-8 has");
  }
  print(plot::terminal_plot(job.schedules, job.marks, terminal));
}

// The rows that --find is nearest to.
std::vector<int> found_rows(const std::vector<NamedSchedule>& schedules, const std::string& place,
                            const Console& console) {
  std::vector<int> rows;
  for (const auto& [label, schedule, timesteps] : schedules) {
    const auto [t, doubt] = find_timestep(schedule, place);
    const std::string whose = schedules.size() > 1 ? label + ": " : "";
    if (!doubt.empty()) console.warn(fmt::format("{}--find {}: {}", whose, place, doubt));
    rows.push_back(t);
  }
  return rows;
}

void write(CurvesJob job, const Options& options, const Console& console) {
  if (is_picture(job) && job.output == "-" && ::isatty(STDOUT_FILENO) != 0) {
    throw InvalidArgument(
        "standard output is a terminal; send the picture to a file, or see it by --plot");
  }
  if (options.timestep) job.rows.assign(job.schedules.size(), *options.timestep);
  if (!options.place.empty()) job.rows = found_rows(job.schedules, options.place, console);
  set_last_words([output = job.output] {
    return fmt::format("interrupted before {} was written", output == "-" ? "all" : output);
  });
  write_curves(job, run_options(1, {}));
}

int run(const Options& options, const Console& console) {
  CurvesJob job = options.job;
  for (const NamedSpec& named : options.schedule.specs(console)) {
    job.schedules.push_back({named.label, make_schedule(named.spec), named.spec.timesteps});
    if (!options.real_place) continue;
    job.rows.push_back(put_place(job.schedules.back().schedule, named.spec, *options.real_place));
  }
  options.schedule.add_input(job.other_inputs);
  std::sort(job.marks.begin(), job.marks.end());
  job.marks.erase(std::unique(job.marks.begin(), job.marks.end()), job.marks.end());
  if (options.stats) {
    print_stats(job.schedules);
  } else if (options.plot) {
    print_plot(job, console);
  } else {
    write(job, options, console);
  }
  for (const auto& [label, schedule, timesteps] : job.schedules) {
    warn_if_image_is_left(schedule, console, job.schedules.size() > 1 ? label : "");
  }
  return 0;
}

void add_output(CLI::App& command, Options& options, const std::vector<CLI::Option*>& others) {
  CurvesJob& job = options.job;
  auto* output =
      command
          .add_option("-o,--output", job.output,
                      "curves as .svg or .png, the table as .csv, .json or .safetensors; - for "
                      "standard output (default: the table there)")
          ->type_name("FILE");
  auto* format = add_choice<std::string>(command, "--format", job.format,
                                         "form, where no ending says it; 17 significant digits in "
                                         "csv and json",
                                         {{"table", "table"},
                                          {"csv", "csv"},
                                          {"json", "json"},
                                          {"safetensors", "safetensors"},
                                          {"svg", "svg"},
                                          {"png", "png"}});
  add_overwrite_option(command, job.overwrite);
  auto* overwrite = command.get_option("--overwrite");
  for (CLI::Option* other : others) other->excludes(output, format, overwrite);
}

std::vector<CLI::Option*> add_curve_options(CLI::App& command, CurvesJob& job) {
  const std::string group = "Picture";
  auto* mark = command
                   .add_option_function<std::vector<std::string>>(
                       "--mark",
                       [&job](const std::vector<std::string>& texts) {
                         for (const auto& text : texts) {
                           job.marks.push_back(parse_number<int>(text, "--mark"));
                         }
                       },
                       "timestep whose values stand at the curves; once for each")
                   ->type_name("T")
                   ->allow_extra_args(false)
                   ->group(group);
  auto* theme = add_choice<Theme>(
                    command, "--theme", job.theme,
                    "colours (default: auto, in .svg as the reader's are, in .png light)",
                    {{"auto", Theme::automatic}, {"light", Theme::light}, {"dark", Theme::dark}})
                    ->group(group);
  auto* size = command
                   .add_option_function<std::string>(
                       "--view-size",
                       [&job](const std::string& text) {
                         const auto [width, height] = parse_size_of(text, "--view-size");
                         job.width = width;
                         job.height = height.value_or(0);
                       },
                       "its width, or width and height, in pixels (default: 640 wide)")
                   ->type_name("N|WxH")
                   ->group(group);
  return {mark, theme, size};
}

Run add_options(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  command.footer(kExamples);
  auto* timestep = command
                       .add_option_function<std::string>(
                           "-t,--timestep",
                           [options](const std::string& text) {
                             options->timestep = parse_number<int>(text, "-t", 0);
                           },
                           "only the row of this timestep")
                       ->type_name("T");
  auto* find =
      command
          .add_option(
              "--find", options->place,
              "only the row nearest to snr=1, log-snr=0, alpha-bar=0.5, sigma=0.5, grey-levels=25 "
              "(127.5 sigma/alpha) or 50% (of the steps)")
          ->type_name("PLACE");
  auto* stats = command.add_flag("--stats", options->stats,
                                 "a summary: where the SNR is 1, what is left of the image at T");
  auto* plot =
      command.add_flag("--plot", options->plot, "log SNR and alpha_bar in braille, for a terminal");
  add_output(command, *options, {stats, plot});
  const auto picture = add_curve_options(command, options->job);
  add_place_options(command, options->real_place, "only the row ", {timestep, find, stats, plot});
  timestep->excludes(find, stats, plot);
  stats->excludes(find, plot, picture[0], picture[1], picture[2]);
  plot->excludes(find, picture[1], picture[2]);
  options->schedule.add_several_to(command);
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

std::string explain_surplus(const std::vector<std::string>& words) {
  const std::string& word = words.front();
  const bool is_output = word.ends_with(".svg") || word.ends_with(".png");
  return fmt::format("did you mean {} {}", is_output ? "-o" : "--schedule", word);
}

}  // namespace

const Command kSchedule = {"schedule", "Print the table of a schedule, or draw its curves",
                           add_options, explain_surplus};

}  // namespace qsample::cli
