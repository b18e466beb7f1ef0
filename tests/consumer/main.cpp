// Noises four samples with the installed library, as the README shows.
#include <cmath>
#include <cstdio>
#include <vector>

#include "qsample/forward.h"
#include "qsample/noise.h"
#include "qsample/schedule.h"

int main() {
  const auto schedule = qsample::make_schedule({.name = "cosine", .steps = 1000});
  const std::vector<float> x0 = {-1.0F, -0.5F, 0.5F, 1.0F};
  std::vector<float> eps(x0.size());
  qsample::gaussian_noise({.seed = 42, .step = 0}, 0, eps);
  std::vector<float> xt(x0.size());
  qsample::q_sample(x0, eps, schedule.mix(250), xt);
  for (std::size_t i = 0; i < xt.size(); ++i) {
    const double expected = schedule.alpha(250) * x0[i] + schedule.sigma(250) * eps[i];
    if (std::abs(xt[i] - expected) > 1e-6) return 1;
  }
  std::puts("linked, and right");
  return 0;
}
