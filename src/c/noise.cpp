#include <algorithm>
#include <vector>

#include "base/seed/file_seed.h"
#include "c/samples.h"
#include "c/status.h"

namespace qsample::c {
namespace {

// Samples at a time, within the first-level cache.
constexpr std::size_t kRun = 2048;

// The noise of one item, straight to its place where that is in the noise's own order.
template <class T>
void noise_of_item(NoiseKey key, const Planes& planes, T* eps) {
  if constexpr (std::is_same_v<T, float>) {
    if (planes.count == 1) return gaussian_noise(key, 0, {eps, planes.length});
  }
  std::vector<float> room(std::max(kRun, planes.count));
  for_runs(planes, kRun, [&](std::size_t first, std::size_t length) {
    const auto samples = std::span(room).first(length * planes.count);
    gaussian_noise(key, first * planes.count, samples);
    for (std::size_t i = 0; i < planes.count; ++i) {
      take_plane(samples, planes, i, std::span(eps + i * planes.length + first, length));
    }
  });
}

}  // namespace
}  // namespace qsample::c

using namespace qsample::c;

int qsample_noise(const qsample_shape* shape, const uint64_t* seeds, size_t seed_count,
                  uint32_t draw, uint32_t step, void* eps) {
  return status_of([=] {
    const Planes planes = planes_of(shape);
    const Draws draws(*shape, seeds, seed_count, draw);
    if (shape->items == 0 || planes.samples() == 0) return;
    check_given(eps, "eps");
    for (std::size_t item = 0; item < shape->items; ++item) {
      const auto [seed, number] = draws.of(item);
      const std::size_t at = item * planes.samples();
      if (shape->dtype == QSAMPLE_FLOAT64) {
        noise_of_item({seed, step, number}, planes, static_cast<double*>(eps) + at);
      } else {
        noise_of_item({seed, step, number}, planes, static_cast<float*>(eps) + at);
      }
    }
  });
}

uint64_t qsample_file_seed(const char* name, size_t length, uint64_t seed) {
  return qsample::file_seed({name, name == nullptr ? 0 : length}, seed);
}
