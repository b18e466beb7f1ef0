// Which forward process.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <optional>
#include <string>

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
  std::map<std::string, std::optional<double>, std::less<>> parameters_;
};

}  // namespace qsample::cli
