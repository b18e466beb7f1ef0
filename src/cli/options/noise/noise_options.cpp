#include "cli/options/noise/noise_options.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string_view>
#include <utility>

#include "cli/options/values.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr int kMostItems = 1 << 20;
constexpr int kUsualThreads = 2048;
constexpr int kCudaBlock = 256;

// Values with the names that they have.
template <class T>
Choices<T> named(std::initializer_list<T> values, std::string_view (*name_of)(T)) {
  Choices<T> choices;
  for (const T value : values) choices.emplace_back(name_of(value), value);
  return choices;
}

}  // namespace

void NoiseOptions::add_to(CLI::App& command) {
  const std::string group = "Noise";
  command
      .add_option_function<std::string>(
          "--seed", [this](const std::string& text) { seed = parse_seed(text); },
          "64-bit seed (default: 0), in decimal or as 0x1F; -1 is 2^64 - 1, as in torch")
      ->type_name("N")
      ->group(group);
  add_choice<PathKind>(
      command, "--path", path,
      fmt::format("how the noise at different timesteps relates: the Markov chain, one "
                  "noise shared by all, or independent (default: {})",
                  path_name(path)),
      named<PathKind>({PathKind::markov, PathKind::shared, PathKind::independent}, path_name))
      ->group(group);
  corruption.add_to(command);
  Choices<const Generator*> sources;
  for (const Generator& generator : generators()) sources.emplace_back(generator.name, &generator);
  add_choice<const Generator*>(
      command, "--rng", rng,
      "whose noise: our own (default), or what torch.randn on CPU or CUDA, or numpy's "
      "default_rng or random.seed (numpy-legacy, in HWC order), draws for the seed",
      sources)
      ->group(group);
}

void NoiseOptions::add_additions(CLI::App& command) {
  const std::string group = "Noise of trainers";
  const auto add = [&]<class T>(const NoiseAddition& row, T least, T most) {
    const std::string option = fmt::format("--{}", row.name);
    command
        .add_option_function<std::string>(
            option,
            [this, &row, option, least, most](const std::string& text) {
              row.set(additions, static_cast<double>(parse_number<T>(text, option, least, most)));
            },
            std::string(row.help))
        ->type_name(std::string(row.value))
        ->group(group);
  };
  for (const NoiseAddition& row : noise_additions()) {
    if (row.is_flag()) {
      command
          .add_flag_callback(
              fmt::format("--{}", row.name), [this, &row] { row.set(additions, 1); },
              std::string(row.help))
          ->group(group);
    } else if (row.whole) {
      add(row, static_cast<int>(row.least), static_cast<int>(row.most));
    } else {
      add(row, row.least, row.most);
    }
  }
  command
      .add_option_function<std::string>(
          "--pyramid-seed",
          [this](const std::string& text) { additions.pyramid_seed = parse_seed(text); },
          "the sizes are those of Python's random.seed(SEED) (default: the seed of the noise)")
      ->type_name("SEED")
      ->group(group);
}

void NoiseOptions::add_drawing(CLI::App& command) {
  const std::string group = "Noise";
  auto* items = add_number<int>(command, "--batch-shape", batch.items,
                                "noise of an item of a batch of N images of this size, which is "
                                "drawn as a whole",
                                1, kMostItems)
                    ->type_name("N")
                    ->group(group);
  command
      .add_option_function<std::string>(
          "--item",
          [this](const std::string& text) {
            batch.item = parse_number<int>(text, "--item", 0, kMostItems - 1);
            has_item = true;
          },
          "which item, from 0")
      ->type_name("I")
      ->needs(items)
      ->group(group);
  Choices<Dtype> dtypes;
  for (const Dtype dtype : kDtypes) dtypes.emplace_back(dtype_name(dtype), dtype);
  add_choice<Dtype>(
      command, "--noise-dtype", noise_dtype,
      "what --rng torch or numpy draws in, each a stream of its own (default: the dtype of a "
      "tensor, float32 of an image)",
      dtypes)
      ->group(group);
  auto* count = add_number<int>(command, "--cuda-multiprocessors", multiprocessors,
                                "of the device of --rng torch-cuda, whose noise depends on them "
                                "beyond 40960 samples: A100 108, H100 132, T4 40",
                                1, 1024)
                    ->type_name("N")
                    ->group(group);
  add_number<int>(
      command, "--cuda-threads", multiprocessor_threads,
      "threads of each at once: 2048 of A100 and H100 (default), 1536 of RTX 30 and 40, "
      "1024 of T4",
      256, 2048)
      ->type_name("N")
      ->needs(count)
      ->group(group);
}

ForwardProcess NoiseOptions::process(const ScheduleOptions& schedule,
                                     const Console& console) const {
  const Corruption chosen = corruption.corruption();
  const ScheduleOptions full = schedule.with_usual(usual_schedule(*chosen.family));
  ForwardProcess process(full.spec(console), path, *rng, full.file(), additions, chosen);
  if (batch.items > 1 && !has_item) {
    throw InvalidArgument("--batch-shape: --item says which of them it is");
  }
  if (batch.item >= batch.items) {
    throw InvalidArgument(fmt::format("--item: {} is outside 0..{}", batch.item, batch.items - 1));
  }
  const bool is_whole = noise_dtype == Dtype::float32 || noise_dtype == Dtype::float64;
  if (noise_dtype && rng->name != "torch" && !(rng->name == "numpy" && is_whole)) {
    throw InvalidArgument(
        "--noise-dtype is of --rng torch, and float32 and float64 of --rng numpy");
  }
  if (multiprocessors && rng->name != "torch-cuda") {
    throw InvalidArgument("--cuda-multiprocessors is of --rng torch-cuda");
  }
  process.batch = batch;
  process.noise_dtype = noise_dtype;
  if (!multiprocessors) return process;
  const int threads = *multiprocessors * multiprocessor_threads.value_or(kUsualThreads);
  if (threads % kCudaBlock != 0) {
    throw InvalidArgument(fmt::format("--cuda-threads: {} is no multiple of {}",
                                      *multiprocessor_threads, kCudaBlock));
  }
  process.device_threads = static_cast<std::size_t>(threads);
  return process;
}

void NoiseOptions::add_seed_from_name(CLI::App& command) {
  command
      .add_flag("--seed-from-name", seed_from_name,
                "noise of this image's own: its seed comes from its file's name and --seed, as in "
                "batch; without it, every image gets the same noise")
      ->group("Noise");
}

void warn_if_image_is_left(const ForwardProcess& process, const Console& console) {
  if (process.corruption.is_gaussian()) warn_if_image_is_left(process.schedule, console);
}

std::uint64_t NoiseOptions::seed_of(const std::string& input) const {
  if (!seed_from_name) return seed;
  if (input == "-") throw InvalidArgument("--seed-from-name: standard input has no name");
  return file_seed(base_name(input), seed);
}

}  // namespace qsample::cli
