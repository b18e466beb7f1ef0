// What x is at a real place, along each path.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

#include "core/reference.h"
#include "core/statistics.h"
#include "core/targets.h"
#include "qsample/error.h"
#include "qsample/forward.h"
#include "qsample/path.h"
#include "qsample/schedules/place.h"

namespace qsample {
namespace {

using Kind = PathPlace::Kind;
using Frames = std::map<int, std::vector<float>>;

Frames frames_of(const NoisePath& path, const std::vector<int>& ts, std::size_t count,
                 float value = 0.5F) {
  const std::vector<float> x0(count, value);
  Frames frames;
  path.visit(ts, 0, count, [&](int t, Mix mix, std::span<const float> eps) {
    std::vector<float> xt(count);
    q_sample(x0, eps, mix, xt);
    frames.emplace(t, std::move(xt));
  });
  return frames;
}

struct Case {
  ScheduleSpec spec;
  PathPlace place;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {{}, {Kind::sigma, 1.234}},
      {{.steps = 7}, {Kind::u, 0.37}},
      {{.name = "cosine", .steps = 1000}, {Kind::log_snr, -1.5}},
      {{.name = "vdm", .steps = 4}, {Kind::u, 0.05}},  // before t = 1
      {{.name = "karras", .steps = 9}, {Kind::sigma, 3.21}},
      {{.name = "flow", .steps = 5}, {Kind::u, 0.93}},  // before T, where alpha is 0
      {{.name = "flow", .steps = 1}, {Kind::sigma, 0.4}},
      {{.name = "linear", .steps = 50, .unscaled = true}, {Kind::sigma, 0.2}},
  };
  return all;
}

class EachPathAtAPlace : public ::testing::TestWithParam<PathKind> {};
INSTANTIATE_TEST_SUITE_P(, EachPathAtAPlace,
                         ::testing::Values(PathKind::shared, PathKind::markov,
                                           PathKind::independent),
                         [](const auto& kind) { return std::string(path_name(kind.param)); });

TEST_P(EachPathAtAPlace, HasTheLawOfTheDirectSample) {
  constexpr std::size_t kCount = 1 << 18;
  const auto n = static_cast<double>(kCount);
  for (const auto& [spec, place] : cases()) {
    auto schedule = make_schedule(spec);
    const int m = put_place(schedule, spec, place);
    ASSERT_TRUE(schedule.is_point(m));
    const PhiloxNoise noise(1);
    auto x = frames_of(NoisePath(schedule, noise, GetParam()), {m}, kCount).at(m);
    for (float& v : x) v = static_cast<float>((v - schedule.alpha(m) * 0.5) / schedule.sigma(m));
    EXPECT_NEAR(statistics::mean(x), 0, 5 / std::sqrt(n)) << spec.name;
    EXPECT_NEAR(statistics::covariance(x, x), 1, 5 * std::sqrt(2 / n)) << spec.name;
    EXPECT_GT(statistics::normal_p_value(x), 0.001) << spec.name;
  }
}

TEST_P(EachPathAtAPlace, MovesNoTimestep) {
  for (const auto& [spec, place] : cases()) {
    const auto plain = make_schedule(spec);
    auto schedule = plain;
    const int m = put_place(schedule, spec, place);
    std::vector<int> rows(static_cast<std::size_t>(spec.steps) + 1);
    std::iota(rows.begin(), rows.end(), 0);
    std::vector<int> all = rows;
    all.insert(all.begin() + schedule.point(m).before + 1, m);
    const PhiloxNoise noise(5);
    const auto without = frames_of(NoisePath(plain, noise, GetParam()), rows, 333);
    const auto with = frames_of(NoisePath(schedule, noise, GetParam()), all, 333);
    ASSERT_EQ(with.size(), without.size() + 1);
    for (const auto& [t, frame] : without) ASSERT_EQ(with.at(t), frame) << spec.name << ' ' << t;
    // Alone it is what it is among all.
    EXPECT_EQ(frames_of(NoisePath(schedule, noise, GetParam()), {m}, 333).at(m), with.at(m));
  }
}

TEST_P(EachPathAtAPlace, HasTheSameBitsOnEveryInstructionSet) {
  auto schedule = make_schedule({.steps = 33});
  const int m = put_place(schedule, {.steps = 33}, {Kind::u, 0.37});
  const PhiloxNoise noise(8);
  const NoisePath path(schedule, noise, GetParam());
  const auto best = frames_of(path, {m}, 1031);
  on_every_target([&] { EXPECT_EQ(frames_of(path, {m}, 1031), best); });
}

// Another place has no share in it, wherever that lies and whichever was put first.
TEST_P(EachPathAtAPlace, IsTheSameBesideOthers) {
  const ScheduleSpec spec{.steps = 10};
  const PhiloxNoise noise(2);
  auto alone = make_schedule(spec);
  const int m = put_place(alone, spec, {Kind::u, 0.42});
  const auto wanted = frames_of(NoisePath(alone, noise, GetParam()), {m}, 200).at(m);
  auto several = make_schedule(spec);
  const int a = put_place(several, spec, {Kind::u, 0.47});
  const int b = put_place(several, spec, {Kind::u, 0.42});
  const int c = put_place(several, spec, {Kind::u, 0.88});
  const NoisePath path(several, noise, GetParam());
  const auto frames = frames_of(path, {b, a, 5, c}, 200);
  EXPECT_EQ(frames.at(b), wanted);
  EXPECT_THROW((void)frames_of(path, {a, b}, 200), InvalidArgument);
  EXPECT_THROW((void)frames_of(path, {5, b}, 200), InvalidArgument);
  EXPECT_THROW((void)frames_of(path, {c + 1}, 200), InvalidArgument);
}

// Along the chain a place is a step like any other: its covariance with all rows, near and far, is
// that of x_t = alpha_t (x_0 + W(1 / snr_t)).
TEST(MarkovPlace, HasTheCovarianceOfTheChain) {
  constexpr std::size_t kCount = 1 << 18;
  for (const auto& [spec, place] : cases()) {
    auto schedule = make_schedule(spec);
    const int m = put_place(schedule, spec, place);
    const int before = schedule.point(m).before;
    const PhiloxNoise noise(21);
    std::vector<int> ts = {before, m, before + 1};
    if (before > 1) ts.insert(ts.begin(), 1);
    if (before + 1 < spec.steps) ts.push_back(spec.steps);
    const auto frames = frames_of(NoisePath(schedule, noise, PathKind::markov), ts, kCount, 0);
    const std::string& name = spec.name;
    const auto covariance = [&](int s, int t) {
      const double expected =
          schedule.alpha(t) / schedule.alpha(s) * std::pow(schedule.sigma(s), 2);
      const double scale = schedule.sigma(s) * schedule.sigma(t);
      EXPECT_NEAR(statistics::covariance(frames.at(s), frames.at(t)), expected,
                  6 * scale / std::sqrt(static_cast<double>(kCount)))
          << name << ' ' << s << ", " << t;
    };
    for (const int t : ts) {
      if (t != m && schedule.comes_before(t, m)) covariance(t, m);
      if (t != m && schedule.comes_before(m, t)) covariance(m, t);
    }
  }
}

// What it adds to the row before it, and the next row to it, are fresh and N(0, 1); and close by
// its rows it is close to them.
TEST(MarkovPlace, StepsAroundItAreFreshGaussians) {
  constexpr std::size_t kCount = 1 << 17;
  const double bound = 5 / std::sqrt(static_cast<double>(kCount));
  const ScheduleSpec spec{.steps = 100};
  for (const double u : {0.5001, 0.503, 0.5099}) {
    auto schedule = make_schedule(spec);
    const int m = put_place(schedule, spec, {Kind::u, u});
    const PhiloxNoise noise(77);
    const auto frames =
        frames_of(NoisePath(schedule, noise, PathKind::markov), {49, 50, m, 51}, kCount);
    const auto residual = [&](int s, int t) {
      const Mix step = schedule.step(s, t);
      std::vector<float> out(kCount);
      for (std::size_t i = 0; i < kCount; ++i) {
        out[i] = static_cast<float>((frames.at(t)[i] - step.x0 * frames.at(s)[i]) / step.eps);
      }
      return out;
    };
    const auto first = residual(50, m);
    const auto second = residual(m, 51);
    for (const auto& one : {first, second}) {
      EXPECT_NEAR(statistics::covariance(one, one), 1, 2 * bound) << u;
      EXPECT_LT(std::abs(statistics::mean(one)), bound) << u;
      EXPECT_GT(statistics::normal_p_value(one), 1e-4) << u;
      EXPECT_LT(std::abs(statistics::correlation(one, frames.at(50))), bound) << u;
      EXPECT_LT(std::abs(statistics::correlation(one, residual(49, 50))), bound) << u;
    }
    EXPECT_LT(std::abs(statistics::correlation(first, second)), bound) << u;
  }
}

// --- The stream of noise, frozen ---

TEST(PlaceStream, IsThatOfItsHeader) {
  for (const auto& [kind, word] :
       std::map<Kind, std::uint32_t>{{Kind::sigma, 0}, {Kind::u, 1}, {Kind::log_snr, 2}}) {
    for (const double value : {1.234, -1.5, 0.37, 0.0}) {
      for (const std::uint32_t before : {0U, 1U, 250U, 999'999U}) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        const auto words = philox::philox4x32(
            {before, before + 1, word, 0},
            {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)});
        EXPECT_EQ(place_stream(static_cast<int>(before), {kind, value}),
                  0x40000000U + (words[0] & 0x3FFFFFFFU));
      }
    }
  }
  EXPECT_EQ(place_stream(3, {Kind::log_snr, -0.0}), place_stream(3, {Kind::log_snr, 0.0}));
}

TEST(PlaceStream, StaysAsItIs) {
  EXPECT_EQ(place_stream(425, {Kind::sigma, 1.234}), 2125021803U);
  EXPECT_EQ(place_stream(370, {Kind::u, 0.3704}), 1925336349U);
  EXPECT_EQ(place_stream(699, {Kind::log_snr, -1.5}), 1444372070U);
}

TEST(PlaceStream, IsTheOneOfAnIndependentPath) {
  const ScheduleSpec spec{.steps = 10};
  auto schedule = make_schedule(spec);
  const int m = put_place(schedule, spec, {Kind::u, 0.42});
  const PhiloxNoise noise(2);
  const auto key = NoisePath(schedule, noise, PathKind::independent).key(m);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->step, place_stream(4, {Kind::u, 0.42}));
  EXPECT_EQ(NoisePath(schedule, noise, PathKind::shared).key(m)->step, 0U);
  EXPECT_FALSE(NoisePath(schedule, noise, PathKind::markov).key(m));
}

// A golden sample: the tree's nodes around the place are drawn as ever, and the place from its
// stream, in float32 with fixed rounding.
TEST(MarkovPlace, StaysAsItIs) {
  const ScheduleSpec spec{.name = "karras", .steps = 2};
  auto schedule = make_schedule(spec);
  const int m = put_place(schedule, spec, {Kind::sigma, 3.25});
  const PhiloxNoise noise(9);
  const auto x = frames_of(NoisePath(schedule, noise, PathKind::markov), {m}, 100, 0).at(m);
  // n_m from n_1 and n_2: sigma^2 is the time of a Brownian motion.
  const double t1 = 0.002 * 0.002;
  const double t2 = 80.0 * 80.0;
  const double tm = 3.25 * 3.25;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double z1 = reference::normal(9, 1, i);
    const double z2 = reference::normal(9, 2, i);
    const double zm = reference::normal(9, place_stream(1, {Kind::sigma, 3.25}), i);
    const double n2 = 80 * z2;
    const double n1 = t1 / t2 * n2 + std::sqrt(t1 * (t2 - t1) / t2) * z1;
    const double expected =
        n1 + (tm - t1) / (t2 - t1) * (n2 - n1) + std::sqrt((tm - t1) * (t2 - tm) / (t2 - t1)) * zm;
    EXPECT_NEAR(x[i], expected, 1e-5) << i;
  }
}

}  // namespace
}  // namespace qsample
