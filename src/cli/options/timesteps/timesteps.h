// Several timesteps: lists as people write them, and which frames of a trajectory are made.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qsample/schedule.h"

namespace qsample::cli {

/// "0,10,100-200:20" as ascending timesteps without repeats: numbers and ranges, both ends
/// included, with a stride. `offset` is added to each, and each must then be in 0..last. Throws
/// InvalidArgument, naming the option.
[[nodiscard]] std::vector<int> parse_timesteps(std::string_view list, int last, int offset = 0,
                                               std::string_view option = "--timesteps");

/// first, first + stride, ... up to last.
[[nodiscard]] std::vector<int> strided_timesteps(int first, int stride, int last);

/// --every, --frames, --timesteps, --space, --zero-based: which frames.
struct FrameChoice {
  std::optional<int> every;
  std::optional<int> frames;
  std::string list;
  std::optional<Space> space;
  bool zero_based = false;

  struct Help {
    const char* frames;
    const char* space;       ///< what is the default
    const char* zero_based;  ///< what it counts from 0, besides --timesteps
  };
  /// Returns the options that say how many frames there are.
  std::vector<CLI::Option*> add_to(CLI::App& command, const Help& help);

  /// The timesteps of --every or --timesteps, if one is given. Throws InvalidArgument.
  [[nodiscard]] std::optional<std::vector<int>> listed(int last) const;
  /// What numbers say less than t.
  [[nodiscard]] int offset() const { return zero_based ? 1 : 0; }
};

}  // namespace qsample::cli
