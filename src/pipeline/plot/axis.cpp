#include "pipeline/plot/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace qsample::plot {
namespace {

constexpr int kIntervals = 8;    // about as many between the round ends of an axis
constexpr double kSlack = 1e-9;  // of a step, for what rounding does to multiples of it

// The least of 1, 2, 2.5, 5 times a power of ten that `most` steps of lead over `width`.
double round_step(double width, int most) {
  const double least = width / most;
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 2.5, 5.0}) {
    if (digit * power >= least * (1 - kSlack)) return digit * power;
  }
  return 10 * power;
}

int decimals_of(double step) {
  constexpr int kMost = 12;
  int decimals = 0;
  for (double scaled = step; decimals < kMost; scaled *= 10, ++decimals) {
    if (std::abs(scaled - std::round(scaled)) < kSlack * scaled) break;
  }
  return decimals;
}

std::string linear_label(double value, double step) {
  constexpr double kTiny = 1e-4;
  if (step < kTiny) return fmt::format("{:.3g}", value);
  return fmt::format("{:.{}f}", value, decimals_of(step));
}

// "0.01", or as a power of ten where its axis goes far.
std::string power_label(int exponent, bool far) {
  if (far && (exponent < 0 || exponent > 1)) return fmt::format("1e{}", exponent);
  return fmt::format("{:.{}f}", std::pow(10, exponent), std::max(0, -exponent));
}

std::vector<Tick> linear_ticks(const Axis& axis, int most) {
  double step = round_step(axis.high - axis.low, most);
  if (axis.whole) {
    while (step != std::round(step)) step = round_step(2 * step, 1);
  }
  std::vector<Tick> found;
  const auto last = static_cast<long>(std::floor(axis.high / step + kSlack));
  for (auto k = static_cast<long>(std::ceil(axis.low / step - kSlack)); k <= last; ++k) {
    const double value = static_cast<double>(k) * step;
    found.push_back({value, linear_label(value, step)});
  }
  return found;
}

std::vector<Tick> log_ticks(const Axis& axis, int most) {
  const auto first = static_cast<int>(std::lround(std::log10(axis.low)));
  const auto last = static_cast<int>(std::lround(std::log10(axis.high)));
  constexpr int kSmall = -3;
  constexpr int kLarge = 4;
  const bool far = first < kSmall || last > kLarge;
  const int stride = std::max(1, (last - first + most - 1) / most);
  std::vector<Tick> found;
  for (int k = last; k >= first; k -= stride) {
    found.insert(found.begin(), {std::pow(10, k), power_label(k, far)});
  }
  return found;
}

}  // namespace

double Axis::share(double value) const {
  if (!logarithmic) return (value - low) / (high - low);
  if (!(value > 0)) return -std::numeric_limits<double>::infinity();
  return std::log10(value / low) / std::log10(high / low);
}

Axis linear_axis(double low, double high) {
  if (!(high > low)) {
    low -= 1;
    high += 1;
  }
  const double step = round_step(high - low, kIntervals);
  return {std::floor(low / step + kSlack) * step, std::ceil(high / step - kSlack) * step};
}

Axis log_axis(double low, double high) {
  const double last = std::ceil(std::log10(high) - kSlack);
  const double first = std::floor(std::log10(low) + kSlack);
  return {std::pow(10, std::min(first, last - 1)), std::pow(10, last), true};
}

std::vector<Tick> ticks(const Axis& axis, int most) {
  return axis.logarithmic ? log_ticks(axis, most) : linear_ticks(axis, most);
}

}  // namespace qsample::plot
