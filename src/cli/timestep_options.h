// Where on the schedule: -t, --at, --zero-based.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "qsample/schedule.h"

namespace qsample::cli {

/// The timestep nearest to "snr=1", "log-snr=0", "alpha-bar=0.5", "sigma=25/255" or "50%" (of the
/// steps); an infinite one is an end. alpha-bar and sigma are those of the schedule's table, the
/// nearness of an SNR is that of its logarithm. Throws InvalidArgument.
[[nodiscard]] int find_timestep(const NoiseSchedule& schedule, std::string_view place);

class TimestepOptions {
 public:
  /// Adds -t, --at and --zero-based, of which -t or --at must be given.
  void add_to(CLI::App& command, const std::string& help);

  /// The timestep, checked, as t of the schedule; says on the console which one --at is. `asked` is
  /// what -t was given.
  [[nodiscard]] int resolve(const NoiseSchedule& schedule, const Console& console) const;

  /// Whether -t is the word `word`.
  [[nodiscard]] bool is_word(std::string_view word) const { return asked_ == word; }
  [[nodiscard]] int offset() const { return zero_based_ ? 1 : 0; }

 private:
  std::string asked_;
  std::string place_;
  bool zero_based_ = false;
};

}  // namespace qsample::cli
