#include "pipeline/plot/theme.h"

namespace qsample::plot {

std::vector<double> dashes_of(std::size_t curve, double width) {
  static const std::vector<double> kPatterns[] = {
      {},
      {5, 2.5},
      {1.2, 1.8},
      {6, 2, 1.2, 2},
      {10, 2.5},
      {2.5, 2.5, 8, 2.5},
      {5, 2, 1.2, 2, 1.2, 2},
      {2.5, 1.8},
  };
  constexpr std::size_t kCount = std::size(kPatterns);
  // Beyond the last, the colours come again with other dashes.
  std::vector<double> pattern = kPatterns[(curve + curve / kCount) % kCount];
  for (double& length : pattern) length *= width;
  return pattern;
}

}  // namespace qsample::plot
