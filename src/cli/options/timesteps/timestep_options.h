// Where on the schedule: -t, --at, --zero-based.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "qsample/schedule.h"

namespace qsample::cli {

/// A timestep that was looked for, and what is to be said of it where it is further from what was
/// asked than a step leads.
struct FoundTimestep {
  int t;
  std::string doubt = {};
};

/// The timestep in first..T nearest to "snr=1", "log-snr=0", "alpha-bar=0.5", "sigma=0.5",
/// "grey-levels=25" or "50%" (of the steps from `first` on); an infinite one is an end. alpha-bar
/// and sigma are those of the schedule's table; grey levels are 127.5 sigma / alpha, the noise of
/// the unscaled image in 8 bits. The nearness of an SNR is that of its logarithm. Throws
/// InvalidArgument.
[[nodiscard]] FoundTimestep find_timestep(const NoiseSchedule& schedule, std::string_view place,
                                          int first = 0);

class TimestepOptions {
 public:
  enum class Random { refused, taken };

  /// Whether "random" is a timestep as well.
  explicit TimestepOptions(Random random = Random::refused) : random_(random) {}

  /// Adds -t, --at and --zero-based, of which -t or --at must be given.
  void add_to(CLI::App& command, const std::string& help);

  /// The timestep, checked, as t of the schedule; says on the console which one --at is. `asked` is
  /// what -t was given.
  [[nodiscard]] int resolve(const NoiseSchedule& schedule, const Console& console) const;

  [[nodiscard]] bool is_given() const { return !asked_.empty() || !place_.empty(); }
  [[nodiscard]] bool is_random() const { return random_ == Random::taken && asked_ == kRandomWord; }
  /// What t has more than the number that the user counts by: 1 with --zero-based.
  [[nodiscard]] int offset() const { return zero_based_ ? 1 : 0; }

 private:
  static constexpr std::string_view kRandomWord = "random";

  [[nodiscard]] std::string remedy(int last) const;

  Random random_;
  std::string asked_;
  std::string place_;
  bool zero_based_ = false;
};

}  // namespace qsample::cli
