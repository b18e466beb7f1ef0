// Which forward process.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/options/schedule_options.h"
#include "qsample/processes/corruption.h"

namespace qsample::cli {

/// --process, and the parameters of its rows.
class ProcessOptions {
 public:
  void add_to(CLI::App& command);
  /// What was asked for, as far as it was.
  [[nodiscard]] Corruption corruption() const;

 private:
  const CorruptionFamily* family_ = &corruption_families().front();
  GivenParameters parameters_;
};

}  // namespace qsample::cli
