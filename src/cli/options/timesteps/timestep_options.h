// Where on the schedule: -t, --at, --strength, --zero-based; several places, and random ones.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "qsample/jobs/timestep_choice.h"
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

/// What can be looked for by its value: "snr", "log-snr" and the others.
[[nodiscard]] std::vector<std::string_view> place_names();

class TimestepOptions {
 public:
  enum class Taken { one, several };

  /// Whether lists and "random" are timesteps as well.
  explicit TimestepOptions(Taken taken = Taken::one) : taken_(taken) {}

  /// Adds -t, --at, --strength and --zero-based; one of the first three must be given.
  void add_to(CLI::App& command, const std::string& help);
  /// Adds --sigma, --u and --log-snr: real places instead of timesteps.
  void add_places_to(CLI::App& command);
  /// Adds --samples, and what -t random goes by.
  void add_several_to(CLI::App& command);
  /// Adds --stratified, for several images.
  void add_stratified_to(CLI::App& command);

  /// The timestep, checked, as t of the schedule; says on the console which one --at is. `asked` is
  /// what -t was given.
  [[nodiscard]] int resolve(const ScheduleSpec& spec, const NoiseSchedule& schedule,
                            const Console& console) const;

  /// All of them, likewise. A real place becomes a point of the schedule, which the spec has made.
  [[nodiscard]] TimestepChoice choice(const ScheduleSpec& spec, NoiseSchedule& schedule,
                                      const Console& console) const;

  [[nodiscard]] bool is_given() const { return !asked_.empty() || !place_.empty() || strength_; }
  /// What t has more than the number that the user counts by: 1 with --zero-based.
  [[nodiscard]] int offset() const { return zero_based_ ? 1 : 0; }

 private:
  static constexpr std::string_view kRandomWord = "random";

  [[nodiscard]] bool is_random() const { return taken_ == Taken::several && asked_ == kRandomWord; }
  [[nodiscard]] bool is_list() const;
  [[nodiscard]] std::string remedy(int last) const;
  [[nodiscard]] RandomChoice random_choice(const NoiseSchedule& schedule) const;
  void check_is_used() const;

  Taken taken_;
  std::string asked_;
  std::string place_;
  std::optional<PathPlace> real_place_;
  std::optional<double> strength_;
  bool zero_based_ = false;
  std::uint32_t samples_ = 1;
  std::string law_;
  std::optional<int> least_;
  std::optional<int> most_;
  bool stratified_ = false;
};

}  // namespace qsample::cli
