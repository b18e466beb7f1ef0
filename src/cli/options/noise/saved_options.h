// What is saved beside many outputs.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qsample/jobs/options.h"
#include "qsample/jobs/saved_beside.h"

namespace qsample::cli {

/// --save KIND[=DIR], --save-format, --sigma-data.
class SavedOptions {
 public:
  /// `without_folder`: where that goes which is given none, for help.
  void add_to(CLI::App& command, const std::string& without_folder);

  /// Throws InvalidArgument for a kind that there is not, a place that is no folder, and options of
  /// what is not saved.
  [[nodiscard]] std::vector<SavedBeside> saved() const;
  /// The same of shards, where what is not in x_t's own file is a member; `options` are x_t's.
  [[nodiscard]] std::vector<SavedBeside> saved_in_shards(const OutputOptions& options) const;
  [[nodiscard]] double sigma_data() const { return sigma_data_.value_or(kSigmaData); }

 private:
  [[nodiscard]] std::vector<SavedBeside> parsed() const;
  // Throws where what is said of some is said of none.
  void check_used(const std::vector<SavedBeside>& all, std::string_view of_format,
                  std::string_view of_sigma) const;

  std::vector<std::string> kinds_;
  std::string format_;
  std::optional<double> sigma_data_;
};

}  // namespace qsample::cli
