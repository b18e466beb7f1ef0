// Real places on the paths of schedules.

#include "qsample/schedules/place.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "base/fail.h"
#include "core/philox.h"
#include "core/schedules/schedule_formulas.h"

namespace qsample {
namespace {

using Kind = PathPlace::Kind;

constexpr std::array<std::string_view, 3> kKindNames = {"sigma", "u", "log-snr"};
constexpr double kRounding = 1e-12;
constexpr std::uint32_t kPlaceStreams = std::uint32_t{1} << 30;  // the first, and how many

double log_snr_of(const Variances& variances) {
  return std::log(variances.alpha_squared) - std::log(variances.sigma_squared);
}

double square(double v) { return v * v; }

// How alpha and sigma go together, and what the words of a place mean for that.
class Constraint {
 public:
  explicit Constraint(Process process) : process_(process) {}

  [[nodiscard]] bool is_known() const { return process_ != Process::other; }

  [[nodiscard]] Variances of_sigma(double sigma) const {
    switch (process_) {
      case Process::exploding: return {1, square(sigma)};
      case Process::flow: return {square(1 - sigma), square(sigma)};
      default: return {1 / (1 + square(sigma)), square(sigma) / (1 + square(sigma))};
    }
  }

  [[nodiscard]] Variances of_log_snr(double log_snr) const {
    using formulas::logistic;
    switch (process_) {
      case Process::exploding: return {1, std::exp(-log_snr)};
      case Process::flow: return {square(logistic(log_snr / 2)), square(logistic(-log_snr / 2))};
      default: return {logistic(log_snr), logistic(-log_snr)};
    }
  }

  // Of the process's own kind of sigma.
  [[nodiscard]] double log_snr_of_sigma(double sigma) const {
    return process_ == Process::flow ? 2 * (std::log1p(-sigma) - std::log(sigma))
                                     : -2 * std::log(sigma);
  }

  [[nodiscard]] double sigma_of_log_snr(double log_snr) const {
    return process_ == Process::flow ? formulas::logistic(-log_snr / 2) : std::exp(-log_snr / 2);
  }

  // What is linear in t between two rows, and back.
  [[nodiscard]] double straight(double log_snr) const {
    return process_ == Process::flow ? sigma_of_log_snr(log_snr) : -log_snr / 2;
  }
  [[nodiscard]] Variances of_straight(double value) const {
    return process_ == Process::flow ? of_sigma(value) : of_log_snr(-2 * value);
  }

 private:
  Process process_;
};

// The process of a formula, where a single row does not tell it.
Process process_of(const NoiseSchedule& schedule, const std::optional<Curve>& curve) {
  if (!curve || curve->first > 0 || schedule.steps() > 1) return schedule.process();
  const std::array<Variances, 2> half = {curve->at(0.5), curve->at(1)};
  return NoiseSchedule::from_variances(half).process();
}

// The formula of a schedule, if it has one.
std::optional<Curve> curve_of(const ScheduleSpec& spec) {
  const ScheduleSpec full = resolved(spec);
  if (!full.betas.empty() || !full.table.empty()) return std::nullopt;
  const ScheduleFamily& family = find_schedule_family(full.name);
  if (family.curve == nullptr) return std::nullopt;
  Curve curve = family.curve(full.steps, full.parameters);
  if (!full.unscaled) return curve;
  return Curve{[at = std::move(curve.at)](double t) {
                 const Variances scaled = at(t);
                 return Variances{1, scaled.sigma_squared / scaled.alpha_squared};
               },
               curve.first};
}

class Placing {
 public:
  Placing(NoiseSchedule& schedule, const ScheduleSpec& spec, const PathPlace& place)
      : schedule_(schedule),
        steps_(resolved(spec).steps),
        place_(place),
        curve_(curve_of(spec)),
        constraint_(process_of(schedule, curve_)),
        name_(place_kind_name(place.kind)) {}

  int put() {
    if (!curve_ && !constraint_.is_known()) {
      fail(Named{name_},
           ": this schedule has its timesteps only: its table neither preserves the variance nor "
           "leaves the image unscaled, and is no flow of several steps");
    }
    if (place_.kind == Kind::u) return put_share();
    const int behind = first_row_behind();
    for (const int row : {behind, behind - 1}) {
      if (row >= 0 && row <= schedule_.steps() && is_at(row)) return row;
    }
    check_range();
    const int before = std::max(behind - 1, 0);
    const double log_snr = wanted_log_snr();
    const double t = curve_ ? time_on_curve(before, log_snr) : time_between(before, log_snr);
    if (!constraint_.is_known()) return add(before, t, curve_->at(t));
    return add(before, t,
               place_.kind == Kind::sigma ? constraint_.of_sigma(place_.value)
                                          : constraint_.of_log_snr(log_snr));
  }

 private:
  // What the schedule has at a row, in the kind of the place.
  [[nodiscard]] double value(int row) const { return value_of_log_snr(schedule_.log_snr(row)); }

  [[nodiscard]] double value_of_log_snr(double log_snr) const {
    return place_.kind == Kind::sigma ? constraint_.sigma_of_log_snr(log_snr) : log_snr;
  }

  [[nodiscard]] double wanted_log_snr() const {
    return place_.kind == Kind::sigma ? constraint_.log_snr_of_sigma(place_.value) : place_.value;
  }

  [[nodiscard]] bool is_at(int row) const {
    const double there = value(row);
    if (place_.value == there) return true;
    const double size =
        place_.kind == Kind::sigma ? std::abs(there) : std::max(1.0, std::abs(there));
    return std::isfinite(there) && std::abs(place_.value - there) <= kRounding * size;
  }

  // The first row with as much noise or more; T + 1 where there is none.
  [[nodiscard]] int first_row_behind() const {
    const double wanted = wanted_log_snr();
    int low = 0;
    int high = schedule_.steps() + 1;
    while (low < high) {
      const int middle = low + (high - low) / 2;
      if (schedule_.log_snr(middle) > wanted) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  // Rows whose logarithms are numbers: from a first to a last one.
  [[nodiscard]] bool has_logarithm(int row) const {
    return std::isfinite(schedule_.log_snr(row)) &&
           schedule_.alpha_bar(row) >= std::numeric_limits<double>::min();
  }
  [[nodiscard]] int first_row() const {
    int row = 1;
    while (row < schedule_.steps() && std::isinf(schedule_.log_snr(row))) ++row;
    return row;
  }
  [[nodiscard]] int last_row() const {
    int row = schedule_.steps();
    while (row > 1 && !has_logarithm(row)) --row;
    return row;
  }

  // Of a flow whose table ends without anything of the image, its sigma leads there.
  [[nodiscard]] bool ends_with_noise() const {
    return curve_ || schedule_.process() == Process::flow;
  }

  [[nodiscard]] double first_time() const { return curve_ ? curve_->first : first_row(); }
  [[nodiscard]] double last_time() const {
    return ends_with_noise() ? schedule_.steps() : last_row();
  }

  // Throws unless the place is within what the schedule has.
  void check_range() const {
    const double begin =
        curve_ ? log_snr_of(curve_->at(curve_->first)) : schedule_.log_snr(first_row());
    const double low = value_of_log_snr(begin);
    const double high = value(static_cast<int>(last_time()));
    if (place_.value >= std::min(low, high) && place_.value <= std::max(low, high)) return;
    refuse(low, high);
  }

  [[noreturn]] void refuse(double low, double high) const {
    fail(Named{name_}, ": ", place_.value, " is outside ", std::min(low, high), "..",
         std::max(low, high), ", which this schedule has from t = ", first_time(), " to ",
         last_time());
  }

  int put_share() {
    const double t = place_.value * steps_;
    if (place_.value == 0) fail(Named{name_}, ": 0 is the clean image, which is t = 0");
    const double row = std::round(t);
    if (row >= 1 && row <= schedule_.steps() && std::abs(t - row) <= kRounding * row) {
      return static_cast<int>(row);
    }
    if (!(t > 0 && t >= first_time() && t <= last_time())) {
      refuse(first_time() / steps_, last_time() / steps_);
    }
    const int before = static_cast<int>(t);
    if (curve_) return add(before, t, curve_->at(t));
    const double low = straight(before);
    const double high = straight(before + 1);
    return add(before, t, constraint_.of_straight(low + (t - before) * (high - low)));
  }

  [[nodiscard]] double straight(int row) const {
    return constraint_.straight(schedule_.log_snr(row));
  }

  // Where between two rows of a table the noise is that much.
  [[nodiscard]] double time_between(int before, double log_snr) const {
    const double low = straight(before);
    const double high = straight(before + 1);
    return before + (constraint_.straight(log_snr) - low) / (high - low);
  }

  // The same of a formula, by halves.
  [[nodiscard]] double time_on_curve(int before, double log_snr) const {
    double low = std::max<double>(before, curve_->first);
    double high = before + 1;
    for (;;) {
      const double middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) return low;
      (log_snr_of(curve_->at(middle)) > log_snr ? low : high) = middle;
    }
  }

  int add(int before, double t, const Variances& variances) {
    if (variances.alpha_squared == 0 || variances.sigma_squared == 0) {
      fail(Named{name_}, ": ", place_.value,
           " leaves less of the image or of the noise than a float64 holds");
    }
    const double within = std::clamp<double>(t, before, std::nextafter(before + 1.0, before));
    return schedule_.add_point({place_, before, within, place_stream(before, place_)}, variances);
  }

  NoiseSchedule& schedule_;
  double steps_;  // of the spec, of which an unscaled schedule may leave out the last
  PathPlace place_;
  std::optional<Curve> curve_;
  Constraint constraint_;
  std::string_view name_;
};

}  // namespace

std::string_view place_kind_name(PathPlace::Kind kind) {
  return kKindNames[static_cast<std::size_t>(kind)];
}

int put_place(NoiseSchedule& schedule, const ScheduleSpec& spec, const PathPlace& place) {
  return Placing(schedule, spec, place).put();
}

std::uint32_t place_stream(int before, const PathPlace& place) {
  const auto bits = std::bit_cast<std::uint64_t>(place.value == 0 ? 0.0 : place.value);
  const auto row = static_cast<std::uint32_t>(before);
  const philox::Counter words = philox::philox4x32(
      {row, row + 1, static_cast<std::uint32_t>(place.kind), 0},
      {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)});
  return kPlaceStreams + words[0] % kPlaceStreams;
}

}  // namespace qsample
