#include "pipeline/sheet/histogram.h"

#include <cmath>

namespace qsample {

Histogram histogram_of(std::span<const float> samples, double reach) {
  Histogram out{.reach = reach};
  const auto count = static_cast<double>(samples.size());
  double sum = 0;
  for (const float x : samples) sum += x;
  out.mean = sum / count;
  double squares = 0;
  const double bins_a_unit = Histogram::kBins / (2 * reach);
  for (const float x : samples) {
    squares += (x - out.mean) * (x - out.mean);
    const double place = (x + reach) * bins_a_unit;
    if (place >= 0 && place < Histogram::kBins) ++out.density[static_cast<std::size_t>(place)];
  }
  out.variance = squares / count;
  for (double& density : out.density) density *= bins_a_unit / count;
  return out;
}

double density_in(const Histogram& histogram, std::size_t bin, std::size_t bins) {
  const std::size_t each = Histogram::kBins / bins;
  double sum = 0;
  for (std::size_t i = bin * each; i < (bin + 1) * each; ++i) sum += histogram.density[i];
  return sum / static_cast<double>(each);
}

}  // namespace qsample
