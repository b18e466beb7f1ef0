#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "c/samples.h"
#include "c/schedule.h"
#include "c/status.h"
#include "qsample/forward.h"
#include "qsample/path.h"

namespace qsample::c {
namespace {

// Samples at a time: within the first-level cache; along a Markov path, which takes memory for its
// nodes in each run, within the second.
constexpr std::size_t kRun = 2048;
constexpr std::size_t kMarkovRun = 8192;

PathKind path_of(int path) {
  switch (path) {
    case QSAMPLE_SHARED: return PathKind::shared;
    case QSAMPLE_MARKOV: return PathKind::markov;
    case QSAMPLE_INDEPENDENT: return PathKind::independent;
    default: fail(Named{"path"}, " ", path, " is not known");
  }
}

// Refuses what is found to be wrong only when samples are made, before any is.
void check_timesteps(std::span<const std::int64_t> ts, std::size_t items, PathKind kind,
                     const NoiseSchedule& schedule, bool with_eps) {
  if (ts.size() != 1 && ts.size() != items) {
    fail(Named{"t"}, ": there are ", ts.size(), ", not 1 or one for each of ", items,
         items == 1 ? " item" : " items");
  }
  for (std::size_t i = 0; i < ts.size(); ++i) {
    const std::int64_t t = ts[i];
    const std::string which = ts.size() > 1 ? " of item " + std::to_string(i) : "";
    if (t < 0 || t > schedule.steps()) {
      fail(Named{"t"}, " ", t, which, " is outside 0..", schedule.steps());
    }
    if (with_eps && kind == PathKind::markov && schedule.sigma(static_cast<int>(t)) == 0) {
      fail(Named{"eps"}, which, ": along a Markov path there is no noise yet at t = ", t);
    }
  }
}

void mix_samples(std::span<const float> x0, std::span<const float> eps, Mix mix,
                 std::span<float> xt) {
  q_sample(x0, eps, mix, xt);
}

// Of float64 tensors the program mixes in float64.
void mix_samples(std::span<const double> x0, std::span<const float> eps, Mix mix,
                 std::span<double> xt) {
  for (std::size_t i = 0; i < xt.size(); ++i) {
    xt[i] = mix.x0 * x0[i] + mix.eps * static_cast<double>(eps[i]);
  }
}

// The noise in one run of samples of x_t.
template <class Use>
void with_noise(const NoisePath& path, int t, std::uint64_t first, std::span<float> room,
                const Use& use) {
  if (const auto key = path.key(t)) {
    gaussian_noise(*key, first, room);
    use(path.schedule().mix(t), std::span<const float>(room));
    return;
  }
  const std::array ts = {t};
  path.visit(ts, first, room.size(),
             [&](int /*t*/, Mix mix, std::span<const float> eps) { use(mix, eps); });
}

// x_t of one item, and its eps where that is not null. A Markov path's noise is sigma_t eps.
template <class T>
void q_sample_item(const NoisePath& path, int t, const Planes& planes, const T* x0, T* xt, T* eps) {
  const bool is_markov = path.kind() == PathKind::markov;
  const std::size_t most = is_markov ? kMarkovRun : kRun;
  const T scale = is_markov ? static_cast<T>(1 / path.schedule().sigma(t)) : T{1};
  std::vector<float> room(std::max(most, planes.count));
  std::vector<float> plane(planes.count > 1 ? most : 0);
  for_runs(planes, most, [&](std::size_t first, std::size_t length) {
    const auto samples = std::span(room).first(length * planes.count);
    with_noise(path, t, first * planes.count, samples, [&](Mix mix, std::span<const float> noise) {
      for (std::size_t i = 0; i < planes.count; ++i) {
        const std::size_t at = i * planes.length + first;
        auto part = noise;
        if (planes.count > 1) {
          take_plane(noise, planes, i, std::span(plane).first(length));
          part = std::span(plane).first(length);
        }
        mix_samples({x0 + at, length}, part, mix, {xt + at, length});
        if (eps == nullptr) continue;
        std::transform(part.begin(), part.end(), eps + at,
                       [=](float sample) { return scale * static_cast<T>(sample); });
      }
    });
  });
}

// What all items of a call have in common.
struct Call {
  const NoiseSchedule& schedule;
  PathKind kind;
  std::span<const std::int64_t> ts;
  Draws draws;
  Planes planes;
};

template <class T>
void q_sample_items(const Call& call, std::size_t items, const void* x0, void* xt, void* eps) {
  for (std::size_t item = 0; item < items; ++item) {
    const auto [seed, number] = call.draws.of(item);
    const PhiloxNoise noise(seed, number);
    const NoisePath path(call.schedule, noise, call.kind);
    const auto t = static_cast<int>(call.ts.size() == 1 ? call.ts[0] : call.ts[item]);
    const std::size_t at = item * call.planes.samples();
    q_sample_item(path, t, call.planes, static_cast<const T*>(x0) + at, static_cast<T*>(xt) + at,
                  eps == nullptr ? nullptr : static_cast<T*>(eps) + at);
  }
}

}  // namespace
}  // namespace qsample::c

using namespace qsample::c;

int qsample_q_sample(const qsample_schedule* schedule, int path, const qsample_shape* shape,
                     const uint64_t* seeds, size_t seed_count, uint32_t draw, const int64_t* t,
                     size_t t_count, const void* x0, void* xt, void* eps) {
  return status_of([=] {
    check_given(schedule, "schedule");
    check_given(t, "t");
    const Planes planes = planes_of(shape);
    const Call call{
        schedule->table, path_of(path), {t, t_count}, {*shape, seeds, seed_count, draw}, planes};
    check_timesteps(call.ts, shape->items, call.kind, call.schedule, eps != nullptr);
    if (shape->items == 0 || planes.samples() == 0) return;
    check_given(x0, "x0");
    check_given(xt, "xt");
    if (shape->dtype == QSAMPLE_FLOAT64) {
      q_sample_items<double>(call, shape->items, x0, xt, eps);
    } else {
      q_sample_items<float>(call, shape->items, x0, xt, eps);
    }
  });
}
