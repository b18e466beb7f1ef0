#include "peers/diffusers/sigma_ramps.h"

#include <fmt/format.h>

#include <cmath>

#include "qsample/schedule.h"

namespace qsample {

std::vector<double> linspace(double first, double last, int count) {
  std::vector<double> out(static_cast<std::size_t>(count), first);
  if (count < 2) return out;
  const double stride = (last - first) / (count - 1);
  for (int i = 0; i < count; ++i) out[static_cast<std::size_t>(i)] = first + i * stride;
  out.back() = last;
  return out;
}

std::vector<double> descending(double first, double stride) {
  std::vector<double> out;
  const auto count = static_cast<int>(std::ceil(first / stride));
  const double step = (first - stride) - first;  // as it is rounded there
  out.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) out.push_back(first + i * step);
  return out;
}

std::vector<double> rounded(std::vector<double> values) {
  for (double& value : values) value = std::nearbyint(value);
  return values;
}

Ramp read_ramp(ConfigFields& fields, const SchedulerClass& known) {
  Ramp ramp = Ramp::none;
  int which = 0;
  for (const auto key : kOtherGrids) {
    ++which;
    if (!knows_grid(known, key) || !fields.flag(key)) continue;
    const bool is_lu = key == "use_lu_lambdas";
    if (is_lu && ramp == Ramp::karras) continue;
    if (ramp != Ramp::none && !is_lu) {
      fields.fail(fmt::format("\"{}\" and \"{}\" are both true", ramp_field(ramp), key));
    }
    ramp = static_cast<Ramp>(which);
  }
  return ramp;
}

bool heeds_bounds(Ramp ramp, const SchedulerClass& known) {
  return ramp != Ramp::lu && !(ramp == Ramp::karras && known.unbounded_karras);
}

std::string_view ramp_field(Ramp ramp) { return kOtherGrids[static_cast<std::size_t>(ramp) - 1]; }

std::vector<double> ramp_sigmas(Ramp ramp, double greatest, double least, int count) {
  const char* const name = ramp == Ramp::karras ? "karras"
                           : ramp == Ramp::beta ? "beta-sigmas"
                                                : "exponential";
  const auto schedule =
      make_schedule({.name = name,
                     .steps = count,
                     .parameters = {{"sigma-min", least}, {"sigma-max", greatest}}});
  std::vector<double> sigmas;
  for (int t = count; t >= 1; --t) sigmas.push_back(schedule.sigma(t));
  return sigmas;
}

}  // namespace qsample
