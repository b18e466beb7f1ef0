#include "qsample/processes/discrete.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "qsample/error.h"

namespace qsample {
namespace {

using enum Transition;
using Matrix = std::vector<StateLaw>;

constexpr std::size_t kAll = kStates;

// A few large steps, so that the chain has all it may have within few of them; the last row of
// `linear` to 1 has beta = 1.
ScheduleSpec large_steps(int steps, double end = 0.6) {
  return {.steps = steps, .parameters = {{"beta-start", 0.003}, {"beta-end", end}}};
}

// Q of appendix A.2, as the paper writes it.
Matrix by_definition(Transition kind, double beta) {
  Matrix q(kAll, StateLaw{});
  double sum = 0;
  for (int n = -255; n <= 255; ++n) sum += std::exp(-4.0 * n * n / (255.0 * 255.0 * beta));
  for (std::size_t i = 0; i < kAll; ++i) {
    double others = 0;
    for (std::size_t j = 0; j < kAll; ++j) {
      if (i == j) continue;
      const double d = static_cast<double>(i) - static_cast<double>(j);
      const double jump = kind == uniform     ? beta / 256
                          : kind == absorbing ? (j == 128 ? beta : 0)
                                              : std::exp(-4 * d * d / (255.0 * 255.0 * beta)) / sum;
      q[i][j] = jump;
      others += jump;
    }
    q[i][i] = 1 - others;
  }
  return q;
}

StateLaw times(const StateLaw& row, const Matrix& q) {
  StateLaw out{};
  for (std::size_t k = 0; k < kAll; ++k) {
    for (std::size_t j = 0; j < kAll; ++j) out[j] += row[k] * q[k][j];
  }
  return out;
}

double distance(const StateLaw& a, const StateLaw& b) {
  double most = 0;
  for (std::size_t i = 0; i < kAll; ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

// How many standard deviations chi-square is above its mean, of counts against a law; values of few
// expected counts are taken together.
double chi_square_excess(const std::vector<double>& counts, const std::vector<double>& law) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  double sum = 0;
  double counted = 0;
  double expected = 0;
  int bins = -1;
  const auto close = [&] {
    if (expected > 0) {
      sum += (counted - expected) * (counted - expected) / expected;
      ++bins;
    }
    counted = expected = 0;
  };
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (law[i] == 0) {
      EXPECT_EQ(counts[i], 0) << "what can't be, at " << i;
      continue;
    }
    counted += counts[i];
    expected += law[i] * total;
    if (expected > 25) close();
  }
  EXPECT_LT(counted, expected + 6 * std::sqrt(expected) + 9) << "of the rare";
  return bins < 1 ? 0 : (sum - bins) / std::sqrt(2.0 * bins);
}

class EachTransition : public ::testing::TestWithParam<Transition> {};
INSTANTIATE_TEST_SUITE_P(, EachTransition, ::testing::Values(uniform, absorbing, gaussian),
                         [](const auto& kind) {
                           return std::string(kind.param == uniform     ? "uniform"
                                              : kind.param == absorbing ? "absorbing"
                                                                        : "gaussian");
                         });

TEST_P(EachTransition, HasTheMatricesOfThePaper) {
  for (const int steps : {7, 150}) {
    const auto schedule = make_schedule(large_steps(steps, 1));
    const DiscreteChain chain(schedule, GetParam());
    std::map<int, StateLaw> rows;
    for (const int from : {0, 3, 127, 128, 255}) {
      rows[from] = {};
      rows[from].at(static_cast<std::size_t>(from)) = 1;
    }
    for (int t = 1; t <= steps; ++t) {
      const Matrix q = by_definition(GetParam(), schedule.beta(t));
      for (auto& [from, row] : rows) {
        ASSERT_LT(distance(chain.step(t, from), q[static_cast<std::size_t>(from)]), 1e-14);
        row = times(row, q);
        if (steps > 100 && t % 37 != 0) continue;
        const StateLaw direct = chain.direct(t, from);
        ASSERT_LT(distance(direct, row), 1e-13) << "from " << from << " to t " << t;
        ASSERT_NEAR(std::accumulate(direct.begin(), direct.end(), 0.0), 1, 1e-12);
      }
    }
  }
}

// From anywhere to the law of appendix A.2 at the end; and it stays there.
TEST_P(EachTransition, EndsInItsStationaryLaw) {
  const auto schedule =
      make_schedule({.steps = 300, .parameters = {{"beta-start", 0.02}, {"beta-end", 1}}});
  const DiscreteChain chain(schedule, GetParam());
  StateLaw end{};
  if (GetParam() == absorbing) {
    end[128] = 1;
  } else {
    end.fill(1.0 / 256);
  }
  EXPECT_LT(distance(times(end, by_definition(GetParam(), 0.3)), end), 1e-15);
  for (const int from : {0, 77, 255}) EXPECT_LT(distance(chain.direct(300, from), end), 1e-9);
}

TEST(Absorbing, TakesAnEqualShareEachStep) {
  const auto schedule = make_schedule({.name = "jsd", .steps = 50});
  const DiscreteChain chain(schedule, absorbing);
  for (int t = 0; t <= 50; ++t) EXPECT_NEAR(chain.direct(t, 9)[9], 1 - t / 50.0, 1e-13);
}

TEST(DiscreteChain, RefusesWhatHasNoBetas) {
  EXPECT_THROW(DiscreteChain(make_schedule({.name = "flow"}), uniform), InvalidArgument);
  EXPECT_THROW(DiscreteChain(make_schedule({.unscaled = true}), gaussian), InvalidArgument);
}

using Values = std::vector<std::uint8_t>;

std::map<int, Values> frames_of(const DiscretePath& path, const std::vector<int>& ts,
                                const Values& x0, std::uint64_t first = 0) {
  std::map<int, Values> frames;
  path.visit(ts, first, x0, [&](int t, std::span<const std::uint8_t> xt) {
    frames.emplace(t, Values(xt.begin(), xt.end()));
  });
  return frames;
}

constexpr PathKind kPaths[] = {PathKind::shared, PathKind::markov, PathKind::independent};

TEST_P(EachTransition, FrameAloneEqualsFrameOfTheWholeAndSliceThatOfAll) {
  const auto schedule = make_schedule(large_steps(60, 0.9));
  const DiscreteChain chain(schedule, GetParam());
  Values x0(3000);
  for (std::size_t i = 0; i < x0.size(); ++i) x0[i] = static_cast<std::uint8_t>(i * 7);
  for (const PathKind kind : kPaths) {
    const DiscretePath path(chain, 8, 1, kind);
    const auto whole = frames_of(path, {0, 1, 20, 21, 59, 60}, x0);
    EXPECT_EQ(whole.at(0), x0);
    for (const auto& [t, frame] : whole) {
      ASSERT_EQ(frames_of(path, {t}, x0).at(t), frame) << path_name(kind) << " t " << t;
      const Values part(x0.begin() + 1001, x0.begin() + 1500);
      ASSERT_EQ(frames_of(path, {t}, part, 1001).at(t),
                Values(frame.begin() + 1001, frame.begin() + 1500));
    }
    EXPECT_NE(whole.at(20), frames_of({chain, 9, 1, kind}, {20}, x0).at(20));
    EXPECT_NE(whole.at(20), frames_of({chain, 8, 2, kind}, {20}, x0).at(20));
  }
}

TEST_P(EachTransition, DrawsFromTheDirectLaw) {
  const auto schedule = make_schedule(large_steps(40));
  const DiscreteChain chain(schedule, GetParam());
  for (const PathKind kind : kPaths) {
    for (const int from : {0, 100, 128, 255}) {
      const Values x0(100'000, static_cast<std::uint8_t>(from));
      for (const auto& [t, frame] : frames_of({chain, 3, 0, kind}, {1, 7, 40}, x0)) {
        std::vector<double> counts(kAll);
        for (const std::uint8_t value : frame) ++counts[value];
        const StateLaw law = chain.direct(t, from);
        EXPECT_LT(chi_square_excess(counts, {law.begin(), law.end()}), 5)
            << path_name(kind) << " from " << from << " to t " << t;
      }
    }
  }
}

// Pairs (x_s, x_t) of the chain, by sixteenths of the values: q(x_s | x_0) q(x_t | x_s).
TEST_P(EachTransition, HasTheJointLawOfTheChain) {
  // A chance of no jump that falls below 2^-40 many times, a certain jump, and small steps.
  for (const ScheduleSpec& spec :
       {large_steps(40), large_steps(200, 1), ScheduleSpec{.name = "jsd", .steps = 30}}) {
    const auto schedule = make_schedule(spec);
    const DiscreteChain chain(schedule, GetParam());
    const int last = schedule.steps();
    constexpr int kFrom = 100;
    const Values x0(200'000, kFrom);
    for (const auto& [s, t] : {std::pair{1, 2},
                               {5, 9},
                               {last / 2, last / 2 + 1},
                               {last - 2, last - 1},
                               {last - 1, last}}) {
      const auto frames = frames_of({chain, 12, 0, PathKind::markov}, {s, t}, x0);
      std::vector<double> counts(256);
      for (std::size_t i = 0; i < x0.size(); ++i) {
        ++counts[frames.at(s)[i] / 16 * 16U + frames.at(t)[i] / 16U];
      }
      const StateLaw first = chain.direct(s, kFrom);
      std::vector<double> law(256);
      for (std::size_t i = 0; i < kAll; ++i) {
        if (first[i] == 0) continue;
        StateLaw row{};
        row[i] = 1;
        for (int step = s + 1; step <= t; ++step) {
          row = times(row, by_definition(GetParam(), schedule.beta(step)));
        }
        for (std::size_t j = 0; j < kAll; ++j) law[i / 16 * 16 + j / 16] += first[i] * row[j];
      }
      EXPECT_LT(chi_square_excess(counts, law), 5) << spec.name << " " << s << ", " << t;
    }
  }
}

// What is independent is so: of x_s and x_t given x_0.
TEST(DiscretePath, IsIndependentOrShared) {
  const auto schedule = make_schedule(large_steps(40));
  const DiscreteChain chain(schedule, uniform);
  const Values x0(100'000, 100);
  const auto apart = frames_of({chain, 5, 0, PathKind::independent}, {20, 21}, x0);
  const auto shared = frames_of({chain, 5, 0, PathKind::shared}, {20, 21}, x0);
  const auto moved = [&](const std::map<int, Values>& frames) {
    double sum = 0;
    for (std::size_t i = 0; i < x0.size(); ++i)
      sum += std::abs(frames.at(20)[i] - frames.at(21)[i]);
    return sum / static_cast<double>(x0.size());
  };
  double chance = 0;
  const StateLaw first = chain.direct(20, 100);
  const StateLaw second = chain.direct(21, 100);
  for (int i = 0; i < kStates; ++i) {
    for (int j = 0; j < kStates; ++j) {
      chance += first[static_cast<std::size_t>(i)] * second[static_cast<std::size_t>(j)] *
                std::abs(i - j);
    }
  }
  EXPECT_NEAR(moved(apart), chance, 1);
  EXPECT_LT(moved(shared), 3);
}

// What was drawn once is drawn for good.
TEST(DiscretePath, IsFrozen) {
  const auto schedule = make_schedule({.steps = 100, .parameters = {{"beta-end", 0.2}}});
  Values x0(8);
  std::iota(x0.begin(), x0.end(), 100);
  std::map<std::string, Values> drawn;
  for (const auto& [kind, name] :
       {std::pair{uniform, "uniform "}, {absorbing, "absorbing "}, {gaussian, "gaussian "}}) {
    const DiscreteChain chain(schedule, kind);
    for (const PathKind path : kPaths) {
      drawn[name + std::string(path_name(path))] =
          frames_of({chain, 0xFEDCBA9876543210, 2, path}, {30}, x0, 5'000'000'001).at(30);
    }
  }
  const std::map<std::string, Values> golden = {
      {"absorbing independent", {128, 128, 128, 128, 128, 128, 106, 107}},
      {"absorbing markov", {128, 128, 128, 103, 128, 128, 128, 128}},
      {"absorbing shared", {128, 128, 128, 103, 128, 128, 128, 128}},
      {"gaussian independent", {168, 117, 151, 231, 186, 110, 19, 22}},
      {"gaussian markov", {87, 99, 139, 180, 170, 14, 52, 45}},
      {"gaussian shared", {135, 179, 249, 43, 90, 146, 147, 163}},
      {"uniform independent", {165, 101, 134, 236, 186, 105, 36, 40}},
      {"uniform markov", {100, 101, 102, 103, 38, 221, 106, 100}},
      {"uniform shared", {107, 180, 251, 85, 104, 120, 120, 147}}};
  EXPECT_EQ(drawn, golden);
}

TEST(DiscretePath, RefusesOtherTimesteps) {
  const auto schedule = make_schedule({.steps = 10});
  const DiscreteChain chain(schedule, uniform);
  const DiscretePath path(chain, 0, 0, PathKind::markov);
  for (const std::vector<int>& ts : {std::vector{-1}, {11}, {5, 4}, {5, 5}}) {
    EXPECT_THROW((void)frames_of(path, ts, {1}), InvalidArgument);
  }
}

}  // namespace
}  // namespace qsample
