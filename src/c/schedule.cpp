#include "c/schedule.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string>

#include "c/status.h"
#include "qsample/schedule_modifiers.h"

namespace qsample::c {
namespace {

using Given = std::span<const qsample_parameter>;

// The value of a modifier, whose words are numbered.
double value_of(const ScheduleModifier& modifier, const qsample_parameter& given) {
  const auto words = modifier.words;
  if (modifier.kind != ScheduleModifier::Kind::choice) {
    if (given.word != nullptr)
      fail(Named{modifier.name}, " takes a number, not '", given.word, "'");
    if (modifier.kind == ScheduleModifier::Kind::flag && given.value != 0 && given.value != 1) {
      fail(Named{modifier.name}, " is 0 or 1, not ", given.value);
    }
    return given.value;
  }
  const std::string_view word = given.word == nullptr ? "" : given.word;
  const auto at = std::find(words.begin(), words.end(), word);
  if (at == words.end()) {
    std::string known;
    for (const std::string_view one : words) {
      known += (known.empty() ? "" : ", ") + std::string(one);
    }
    fail(Named{modifier.name}, " takes a word: ", known);
  }
  return static_cast<double>(at - words.begin());
}

// Sets a modifier, or a parameter of the family, which make_schedule knows.
void set_parameter(ScheduleSpec& spec, const qsample_parameter& given) {
  check_given(given.name, "name");
  const std::string_view name = given.name;
  for (const ScheduleModifier& modifier : schedule_modifiers()) {
    if (modifier.name == name) return modifier.set(spec, value_of(modifier, given));
  }
  if (given.word != nullptr) fail(Named{name}, " takes a number, not '", given.word, "'");
  spec.parameters.insert_or_assign(std::string(name), given.value);
}

qsample_schedule* made(ScheduleSpec spec, const qsample_parameter* parameters, std::size_t count) {
  if (count > 0) check_given(parameters, "parameters");
  for (const qsample_parameter& given : Given(parameters, count)) set_parameter(spec, given);
  return new qsample_schedule{make_schedule(spec)};
}

double value_at(const NoiseSchedule& table, int quantity, int t) {
  switch (quantity) {
    case QSAMPLE_ALPHA: return table.alpha(t);
    case QSAMPLE_SIGMA: return table.sigma(t);
    case QSAMPLE_ALPHA_BAR: return table.alpha_bar(t);
    case QSAMPLE_SNR: return table.snr(t);
    case QSAMPLE_LOG_SNR: return table.log_snr(t);
    case QSAMPLE_BETA: return t == 0 ? std::numeric_limits<double>::quiet_NaN() : table.beta(t);
    default: fail(Named{"quantity"}, " ", quantity, " is not known");
  }
}

}  // namespace
}  // namespace qsample::c

using namespace qsample::c;

int qsample_schedule_make(const char* name, int steps, const qsample_parameter* parameters,
                          size_t count, qsample_schedule** schedule) {
  return status_of([=] {
    check_given(name, "name");
    check_given(schedule, "schedule");
    *schedule = made({.name = name, .steps = steps}, parameters, count);
  });
}

int qsample_schedule_from_betas(const double* betas, size_t steps,
                                const qsample_parameter* parameters, size_t count,
                                qsample_schedule** schedule) {
  return status_of([=] {
    check_given(betas, "betas");
    check_given(schedule, "schedule");
    if (steps < 1 || steps > qsample::kMaxSteps) {
      qsample::fail(qsample::Named{"betas"}, ": there are ", steps, ", not 1 to ",
                    qsample::kMaxSteps);
    }
    *schedule = made({.betas = {betas, betas + steps}}, parameters, count);
  });
}

void qsample_schedule_free(qsample_schedule* schedule) { delete schedule; }

int qsample_schedule_steps(const qsample_schedule* schedule) {
  return schedule == nullptr ? 0 : schedule->table.steps();
}

int qsample_schedule_values(const qsample_schedule* schedule, int quantity, double* values) {
  return status_of([=] {
    check_given(schedule, "schedule");
    check_given(values, "values");
    for (int t = 0; t <= schedule->table.steps(); ++t) {
      values[t] = value_at(schedule->table, quantity, t);
    }
  });
}
