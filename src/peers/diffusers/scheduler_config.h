// The scheduler_config.json of a diffusers model.
#pragma once

#include <string>
#include <vector>

#include "qsample/schedule.h"

namespace qsample {

/// What the forward process depends on that a scheduler_config.json does not say.
struct ConfigRequest {
  /// The steps of set_timesteps; 0: the timesteps of training.
  int inference_steps = 0;
  /// What the class does of itself, where that is not what its users mean.
  bool as_constructed = false;
  /// The sigmas that set_timesteps is given.
  PipelineSigmas pipeline_sigmas = PipelineSigmas::none;
  /// Another num_train_timesteps, as from_config takes it; 0: the file's.
  int trained = 0;
  /// For a dynamic shift: the image's length in tokens, or the side of a square one in pixels, 16
  /// to a token; 0 what is not known.
  double image_tokens = 0;
  double image_size = 0;
};

/// What a scheduler_config.json says of the forward process.
struct SchedulerConfig {
  /// A named schedule or betas where there is one that says the same; else a table.
  ScheduleSpec spec;
  std::string class_name;
  /// What is to be said of fields that are not used and of what the class does otherwise than its
  /// users mean, a sentence for each.
  std::vector<std::string> doubts;
  Precision rounding = Precision::float32;  ///< how the class rounds, where it does
  /// Whether the forward process depends on the image's size (dynamic shifting).
  bool uses_image_size = false;
  /// Whether the class does otherwise than its users mean.
  bool has_other = false;
};

/// Reads the text of a scheduler_config.json. The class in `_class_name` decides the family, the
/// form and the defaults, as in diffusers. Throws Error, beginning with `name`, for JSON that
/// cannot be parsed (with line and column), a class that is unknown or has no forward process, and
/// a field that would change the forward process in a way that is not supported; InvalidArgument,
/// likewise, for a request that the class cannot meet.
[[nodiscard]] SchedulerConfig parse_scheduler_config(const std::string& text,
                                                     const std::string& name,
                                                     const ConfigRequest& request = {});

/// The classes that are covered.
[[nodiscard]] std::vector<std::string> scheduler_classes();

}  // namespace qsample
