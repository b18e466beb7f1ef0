// qsample noise: one image at one timestep.

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/stop.h"
#include "pipeline/frame_writer.h"
#include "pipeline/noise_image.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

struct Options {
  std::string input;
  std::string output;
  int t = 0;
  PathKind path = PathKind::shared;
  ScheduleOptions schedule;
  DrawOptions draw;
  OutputOptions out;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  qsample noise cat.png -t 250                  writes cat_t0250.png\n"
    "  qsample noise cat.jpg -t 500 -o noisy.png --seed 7 --schedule cosine\n"
    "  qsample noise cat.png -t 250 --path markov    one frame of the trajectory\n"
    "  curl -s URL | qsample noise - -t 100 -o - | display";

int run(const Options& options, const Console& console) {
  const Recipe recipe(options.schedule.spec(), options.path);
  const int last = recipe.schedule.steps();
  const int t = options.draw.timestep(options.t, last);
  std::string output = options.output;
  if (output.empty()) {
    const std::string extension = options.out.format.empty() ? "png" : options.out.format;
    output = frame_name(options.input, t, last, "." + extension);
  }
  if (output == "-" && ::isatty(STDOUT_FILENO) != 0) {
    throw InvalidArgument("standard output is a terminal; send it to a file or a pipe");
  }
  check_output(output, options.input);
  warn_if_lossy(output, options.out, console);

  const Input input = read_input(options.input);
  const NoisePath path(recipe.schedule, options.draw.seed, recipe.path);
  const Image frame =
      noise_image(input.image, path, t, options.out.depth, default_workers(), stop_flag());
  write_frame(frame, output, options.out, record_of(recipe, options.draw.seed, t, input.source));
  console.note(fmt::format("{} -> {}: t {} of {}, alpha {:.6g}, sigma {:.6g}, seed {}",
                           options.input, output, t, last, recipe.schedule.alpha(t),
                           recipe.schedule.sigma(t), options.draw.seed));
  return 0;
}

}  // namespace

Run add_noise(CLI::App& app, Console& console) {
  auto options = std::make_shared<Options>();
  CLI::App& command = *app.add_subcommand("noise", "Noise one image to one timestep");
  command.footer(kExamples);
  command.add_option("INPUT", options->input, "image; - for standard input")
      ->type_name("")
      ->required();
  command
      .add_option("-o,--output", options->output,
                  "image; - for standard output (default: <stem>_t<T>.png in this folder)")
      ->type_name("OUTPUT");
  add_number<int>(command, "-t,--timestep", options->t,
                  "timestep, from 0 (the clean image) to the last of the schedule")
      ->type_name("T")
      ->required();
  options->draw.add_to(command);
  add_path_option(command, options->path);
  options->schedule.add_to(command);
  add_output_options(command, options->out);
  add_console_options(command, console);
  return [options, &console] { return run(*options, console); };
}

}  // namespace qsample::cli
