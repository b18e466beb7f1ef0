#include "cli/options/shared_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/machine/workers.h"
#include "cli/options/preparation_options.h"
#include "cli/options/values.h"
#include "cli/stop.h"
#include "files/read_file.h"
#include "pipeline/destination.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr float kWidest = 1e30F;

Range parse_range(const std::string& text, const std::string& option) {
  const auto comma = text.find(',');
  if (comma == std::string::npos) {
    throw InvalidArgument(fmt::format("{}: '{}' is not a range such as -1,1", option, text));
  }
  const Range range{parse_number<float>(std::string_view(text).substr(0, comma), option),
                    parse_number<float>(std::string_view(text).substr(comma + 1), option)};
  if (!(range.low < range.high)) {
    throw InvalidArgument(
        fmt::format("{}: the first of '{}' is not below the second", option, text));
  }
  // So that neither the width nor what a sample is multiplied by overflows.
  if (!(range.high - range.low < kWidest && 1 / (range.high - range.low) < kWidest)) {
    throw InvalidArgument(fmt::format("{}: '{}' is too wide or too narrow", option, text));
  }
  return range;
}

}  // namespace

void add_picture_options(CLI::App& command, OutputOptions& options) {
  const std::string group = "Output";
  command
      .add_option_function<std::string>(
          "--range",
          [&options](const std::string& text) {
            options.range.automatic = text == "auto";
            if (!options.range.automatic) options.range.fixed = parse_range(text, "--range");
          },
          "the x that become the least and the greatest integer (default: -1,1); auto: alpha_t + 3 "
          "sigma_t to both sides of 0")
      ->type_name("LO,HI|auto")
      ->group(group);
  add_choice<Compression>(
      command, "--compression", options.compression,
      "of PNG: fast (default), or small, for archives, at a hundredth of the speed",
      {{"fast", Compression::fast}, {"small", Compression::small}})
      ->group(group);
  command
      .add_option_function<std::string>(
          "--format",
          [&options](const std::string& text) {
            options.format = text.starts_with('.') ? text.substr(1) : text;
          },
          "format, named by its ending (default: png)")
      ->type_name("EXT")
      ->group(group);
  add_overwrite_option(command, options.overwrite);
}

void add_output_options(CLI::App& command, OutputOptions& options) {
  const std::string group = "Output";
  add_choice<int>(command, "--depth", options.depth,
                  "bits a sample: 8, 16, or 32 for floats, which hold x_t itself (default: the "
                  "input's, or what the format holds)",
                  {{"8", 8}, {"16", 16}, {"32", 32}})
      ->group(group);
  Choices<Dtype> dtypes;
  for (const Dtype dtype : kDtypes) dtypes.emplace_back(dtype_name(dtype), dtype);
  add_choice<Dtype>(command, "--dtype", options.dtype,
                    "floats of .npy and .safetensors, which alone has bfloat16 (default: that of "
                    "such an input, else float32)",
                    dtypes)
      ->group(group);
  add_choice<Layout>(
      command, "--layout", options.layout,
      "order of .npy and .safetensors, and of such an input where its shape does not "
      "tell (default: that of the input, else chw)",
      {{"chw", Layout::chw}, {"hwc", Layout::hwc}})
      ->group(group);
  add_picture_options(command, options);
  command
      .add_flag_callback(
          "--no-metadata", [&options] { options.metadata = false; },
          "leave out the record of how the image was made")
      ->group(group);
}

std::pair<int, std::optional<int>> parse_size_of(std::string_view text, std::string_view option) {
  const auto side = [option](std::string_view word) {
    return parse_number<int>(word, option, 1, kLongestSide);
  };
  const auto cross = text.find('x');
  const int width = side(text.substr(0, cross));
  if (cross == std::string_view::npos) return {width, std::nullopt};
  return {width, side(text.substr(cross + 1))};
}

void add_view_options(CLI::App& command, View& view, const std::string& when) {
  const std::string group = "Output";
  auto* size = command
                   .add_option_function<std::string>(
                       "--view-size",
                       [&view](const std::string& text) {
                         const auto [width, height] = parse_size_of(text, "--view-size");
                         view.width = width;
                         view.height = height.value_or(width);
                       },
                       "scale " + when + " to fit in N x N or W x H pixels")
                   ->type_name("N|WxH")
                   ->group(group);
  Choices<ViewFilter> filters;
  for (const ViewFilter filter : kViewFilters) filters.emplace_back(filter_name(filter), filter);
  add_choice<ViewFilter>(command, "--view-filter", view.filter,
                         "how, as OpenCV has it (default: auto, area down and nearest up)", filters)
      ->needs(size)
      ->group(group);
}

void add_name_option(CLI::App& command, std::string& pattern, const std::string& stem) {
  command
      .add_option("--name", pattern,
                  "names of outputs, with {stem}, {t}, {place} (t0250, sigma1.234), {k} (the draw) "
                  "and {seed}, such as "
                  "'{t}/{stem}.png', a folder for each t; " +
                      stem)
      ->type_name("PATTERN")
      ->group("Several");
}

void add_save_option(CLI::App& command, std::vector<std::string>& saved, const std::string& form,
                     const std::string& where) {
  command
      .add_option(
          "--save", saved,
          "also write, as floats, the noise (eps), the clean image (x0), the v-prediction "
          "target (v: alpha eps - sigma x0; of a flow eps - x0; of unscaled schedules (eps - "
          "sigma x0) / sqrt(1 + sigma^2)), the velocity of a flow (eps - x0), the score "
          "(-eps / sigma), or EDM's target (edm) and input (edm-input), with its scalings "
          "beside them in a .json; " +
              where + "; once for each")
      ->type_name(form)
      ->allow_extra_args(false);
}

void add_sigma_data_option(CLI::App& command, std::optional<double>& sigma_data) {
  add_number<double>(command, "--sigma-data", sigma_data,
                     "the deviation of the data in EDM's scalings (default: 0.5)")
      ->type_name("X");
}

const Target& target_of(std::string_view name, std::string_view value) {
  if (const Target* target = find_target(name)) return *target;
  std::string known;
  for (const Target& row : targets()) {
    known += fmt::format("{}{}{}", known.empty() ? "" : ", ", row.name, value);
  }
  throw InvalidArgument(fmt::format("--save: '{}' is not one of {}", name, known));
}

void add_overwrite_option(CLI::App& command, bool& overwrite) {
  command.add_flag("-f,--overwrite", overwrite, "replace existing outputs")->group("Output");
}

void add_input_options(CLI::App& command, InputOptions& options, const Console& console) {
  const std::string group = "Input";
  options.decoding.warn = [&console](const std::string& message) { console.warn(message); };
  command
      .add_option_function<std::string>(
          "--input-range",
          [&options](const std::string& text) {
            options.range = parse_range(text, "--input-range");
          },
          "the samples that are -1 and 1 (default: of integers 0 and the greatest, 255 or 65535; "
          "of "
          "floats -1,1); 12 bits in a 16-bit PNG are 0,4095")
      ->type_name("LO,HI")
      ->group(group);
  add_preparation_options(command, options.preparation);
  command
      .add_option("--tensor", options.decoding.tensor,
                  "tensor of a .safetensors or .npz that holds several")
      ->type_name("NAME")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--latent-scale",
          [&options](const std::string& text) {
            options.latent.scale = parse_number<double>(text, "--latent-scale", -kWidest, kWidest);
            if (options.latent.scale == 0)
              throw InvalidArgument("--latent-scale: 0 leaves nothing");
          },
          "of latents, as a model's config has it (scaling_factor): x_0 is (z - shift) "
          "scale, and x_t is made of that (default: 1)")
      ->type_name("S")
      ->group(group);
  add_number<double>(command, "--latent-shift", options.latent.shift,
                     "likewise (shift_factor; default: 0)", -kWidest, kWidest)
      ->type_name("B")
      ->group(group);
  add_number<int>(command, "--frame", options.decoding.frame,
                  "image of a file that holds several, from 1 (default: the first)", 1)
      ->type_name("N")
      ->group(group);
  add_number<std::size_t>(command, "--max-pixels", options.decoding.max_pixels,
                          "refuse larger images (default: 268435456)")
      ->type_name("N")
      ->group(group);
  command
      .add_option_function<std::string>(
          "--max-memory",
          [&options](const std::string& text) {
            options.max_memory = parse_size(text, "--max-memory");
          },
          "what all jobs may take together, such as 800M or 2G (default: three quarters of what "
          "the machine and the process's control groups have)")
      ->type_name("SIZE")
      ->group(group);
  command
      .add_flag("--allow-damaged", options.decoding.allow_damaged,
                "take a damaged JPEG as far as it can be read, and any image with something behind "
                "its end, with a warning")
      ->group(group);
}

void add_jobs_option(CLI::App& command, std::optional<int>& jobs, const std::string& what) {
  add_number<int>(command, "-j,--jobs", jobs,
                  what +
                      " (default: as many as the cores it may use, or fewer, by the quota of its "
                      "control groups or SLURM_CPUS_PER_TASK; -v tells)",
                  1)
      ->type_name("N");
}

int jobs_or_default(const std::optional<int>& jobs, const Console& console) {
  if (jobs) return *jobs;
  const Workers workers = default_workers();
  if (!workers.left_out.empty()) {
    console.warn(fmt::format("SLURM_CPUS_PER_TASK={} is no number of cores from 1; it is left out",
                             workers.left_out));
  }
  console.note(fmt::format("-j {}: {}", workers.count, workers.reason));
  return workers.count;
}

void add_console_options(CLI::App& command, Console& console) {
  const std::string group = "Messages";
  auto* quiet = command.add_flag("-q,--quiet", console.quiet, "errors only")->group(group);
  command.add_flag("-v,--verbose", console.verbose, "say what is done")
      ->excludes(quiet)
      ->group(group);
  add_choice<Console::Colour>(command, "--color", console.colour, "colour in messages",
                              {{"auto", Console::Colour::automatic},
                               {"always", Console::Colour::always},
                               {"never", Console::Colour::never}})
      ->group(group);
}

void check_folder_format(const std::string& folder, const OutputOptions& options,
                         const Console& console) {
  const std::string path = folder.ends_with('/') ? folder : folder + "/";
  OutputOptions chosen = options;
  chosen.format = default_extension(options);
  warn_if_lossy(resolve(path, chosen), console);
}

void warn_if_lossy(const Destination& output, const Console& console) {
  if (output.codec->lossy) {
    console.warn(
        fmt::format("{} is lossy: it smooths the very noise that was asked for; .png keeps it",
                    output.codec->name));
  }
}

}  // namespace qsample::cli
