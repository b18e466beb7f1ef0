// How a trajectory becomes a film: --fps, --seconds, --hold, --boomerang, --quality, ...
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "qsample/jobs/film.h"

namespace qsample::cli {

class FilmChoice {
 public:
  /// `excluding`: options that say themselves how many frames there are.
  void add_to(CLI::App& command, const std::vector<CLI::Option*>& excluding);

  [[nodiscard]] FilmOptions film() const;
  /// How many frames --fps and --seconds make. Throws InvalidArgument where that is no film.
  [[nodiscard]] int frames() const;
  /// Throws InvalidArgument where an option of films is given, since the output is no film.
  void check_is_unused(const std::string& output) const;

 private:
  std::optional<double> fps_;
  std::optional<double> seconds_;
  std::optional<double> hold_;
  std::optional<int> quality_;
  bool boomerang_ = false;
  bool lossless_ = false;
  bool compatible_ = false;
};

}  // namespace qsample::cli
