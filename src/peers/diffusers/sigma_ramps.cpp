#include "peers/diffusers/sigma_ramps.h"

#include <fmt/format.h>

#include <cmath>

#include "core/sampling/quantiles.h"

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
    if (ramp != Ramp::none) {
      fields.fail(fmt::format("\"{}\" and \"{}\" are both true", ramp_field(ramp), key));
    }
    ramp = static_cast<Ramp>(which);
  }
  return ramp;
}

std::string_view ramp_field(Ramp ramp) { return kOtherGrids[static_cast<std::size_t>(ramp) - 1]; }

double karras_sigma(double greatest, double least, double rho, double place) {
  const double high = std::pow(greatest, 1 / rho);
  const double low = std::pow(least, 1 / rho);
  return std::pow(high + place * (low - high), rho);
}

std::vector<double> ramp_sigmas(Ramp ramp, double greatest, double least, int count) {
  constexpr double kRho = 7;
  constexpr double kShape = 0.6;
  std::vector<double> sigmas;
  for (const double place : linspace(0, 1, count)) {
    if (ramp == Ramp::karras) {
      sigmas.push_back(karras_sigma(greatest, least, kRho, place));
    } else if (ramp == Ramp::beta) {
      // The ends are no quantiles of the open interval.
      const double p = 1 - place;
      const double share = p == 0 || p == 1 ? p : beta_quantile(p, kShape, kShape);
      sigmas.push_back(least + share * (greatest - least));
    } else {
      const double high = std::log(greatest);
      sigmas.push_back(std::exp(high + place * (std::log(least) - high)));
    }
  }
  return sigmas;
}

}  // namespace qsample
