// Whose noise, along which path, and what is added to it.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/options/noise/process_options.h"
#include "cli/options/schedule_options.h"
#include "qsample/jobs/forward_process.h"

namespace qsample::cli {

/// --seed, --rng, --path, --process, --seed-from-name, and what trainers add to the noise.
struct NoiseOptions {
  std::uint64_t seed = 0;
  const Generator* rng = &generators().front();
  PathKind path = PathKind::shared;
  bool seed_from_name = false;
  NoiseAdditions additions = {};
  ProcessOptions corruption = {};
  BatchPlace batch = {};
  bool has_item = false;
  std::optional<Dtype> noise_dtype = {};
  std::optional<int> multiprocessors = {};
  std::optional<int> multiprocessor_threads = {};

  void add_to(CLI::App& command);
  /// --batch-shape, --item, --noise-dtype, --cuda-multiprocessors, --cuda-threads: how peers draw.
  void add_drawing(CLI::App& command);
  /// --offset-noise, --pyramid-noise, ...: what trainers add.
  void add_additions(CLI::App& command);
  /// --seed-from-name, for commands of one image.
  void add_seed_from_name(CLI::App& command);
  /// The process with this schedule, or its usual one. Throws InvalidArgument for what does not go
  /// together.
  [[nodiscard]] ForwardProcess process(const ScheduleOptions& schedule,
                                       const Console& console) const;
  /// The seed of one image's noise.
  [[nodiscard]] std::uint64_t seed_of(const std::string& input) const;
};

/// The same of a process; nothing where it is not the noise alone that takes the image away.
void warn_if_image_is_left(const ForwardProcess& process, const Console& console);

}  // namespace qsample::cli
