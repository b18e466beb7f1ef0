// What is told of outputs on standard output: --dry-run, --json, --print0.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/console.h"
#include "qsample/run.h"

namespace qsample::cli {

class ResultOptions {
 public:
  void add_to(CLI::App& command);

  /// Throws InvalidArgument where an output takes standard output for itself.
  void check(const std::string& output) const;

  /// Adds what is asked for to how a job runs. The console outlives it.
  void apply_to(RunOptions& run, const Console& console) const;

  [[nodiscard]] bool is_dry_run() const { return dry_run_; }

 private:
  bool dry_run_ = false;
  bool json_ = false;
  bool print0_ = false;
};

}  // namespace qsample::cli
