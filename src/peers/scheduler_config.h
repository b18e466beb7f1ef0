// The scheduler_config.json of a diffusers model.
#pragma once

#include <string>
#include <vector>

#include "qsample/schedule.h"

namespace qsample {

/// What a scheduler_config.json says of the forward process.
struct SchedulerConfig {
  ScheduleSpec spec;
  std::string class_name;
  /// What is to be said of fields that are not used, a sentence for each kind of them: about
  /// sampling backwards, or none of this class.
  std::vector<std::string> doubts;
  Precision rounding = Precision::float32;  ///< how the class rounds, where it does
  /// Whether the forward process depends on the image's size (dynamic shifting).
  bool uses_image_size = false;
};

/// Reads the text of a scheduler_config.json. The class in `_class_name` decides the family, the
/// form and the defaults, as in diffusers. `image_size` is the side of the image in pixels for a
/// flow with dynamic shifting, 0 if it is not known. Throws Error, beginning with `name`, for JSON
/// that cannot be parsed (with line and column), an unknown class, and a field that would change
/// the forward process in a way that is not supported.
[[nodiscard]] SchedulerConfig parse_scheduler_config(const std::string& text,
                                                     const std::string& name,
                                                     double image_size = 0);

/// The classes that are covered.
[[nodiscard]] std::vector<std::string> scheduler_classes();

}  // namespace qsample
