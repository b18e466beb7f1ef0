// What changes a schedule, whichever it is: the table that command lines and records go by.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "qsample/schedule.h"

namespace qsample {

/// One row of the table: a field of ScheduleSpec as it is called outside of code, and what it does.
/// The value goes as a number, whatever its kind.
struct ScheduleModifier {
  enum class Kind {
    flag,    ///< 0 or 1
    number,  ///< itself
    choice,  ///< of `words`, counted from 0
  };
  /// Which schedules it is for.
  enum class Scope {
    all,
    betas,   ///< those made of betas
    config,  ///< tables that a scheduler_config.json made, as it says then
  };

  std::string_view name;  ///< of its parameter, its command-line option and its key in records
  Kind kind;
  Scope scope = Scope::all;
  double default_value = 0;
  std::span<const std::string_view> words = {};  ///< of a choice
  std::string_view help;            ///< for a person; other parameters are between backticks
  std::string_view goes_with = {};  ///< the modifier that this one refines, and is not without
  double (*get)(const ScheduleSpec& spec);
  void (*set)(ScheduleSpec& spec, double value);
  /// Throws InvalidArgument for a value that cannot be. Null: every value can, or `betas` checks.
  void (*check)(double value) = nullptr;
  /// beta_1..beta_T with the change, where it is one of betas; rows apply in their order.
  std::vector<double> (*betas)(const std::vector<double>& betas, double value) = nullptr;
  /// Whether float32 has the change, too; without it, a precision of float32 refuses the modifier.
  bool in_float32 = false;
  bool always_told = false;  ///< records have it also where it is the default

  [[nodiscard]] bool is_set(const ScheduleSpec& spec) const { return get(spec) != default_value; }
  /// The word that is the value of a choice.
  [[nodiscard]] std::string_view word(const ScheduleSpec& spec) const;
};

/// Every modifier, in the order in which it is applied, shown in help and written to records.
[[nodiscard]] std::span<const ScheduleModifier> schedule_modifiers();

}  // namespace qsample
