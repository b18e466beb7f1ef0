// What is saved beside many outputs.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "qsample/jobs/saved_beside.h"

namespace qsample::cli {

/// --save KIND[=DIR], --save-format, --sigma-data.
class SavedOptions {
 public:
  void add_to(CLI::App& command);

  /// Throws InvalidArgument for a kind that there is not, a place that is no folder, and options of
  /// what is not saved.
  [[nodiscard]] std::vector<SavedBeside> saved() const;
  [[nodiscard]] double sigma_data() const { return sigma_data_.value_or(kSigmaData); }

 private:
  std::vector<std::string> kinds_;
  std::string format_;
  std::optional<double> sigma_data_;
};

}  // namespace qsample::cli
