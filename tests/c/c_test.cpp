// The C functions against the library that they stand for, bit for bit.
#include "qsample/c.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "qsample/forward.h"
#include "qsample/path.h"
#include "qsample/schedule.h"

namespace qsample {
namespace {

using Handle = std::unique_ptr<qsample_schedule, void (*)(qsample_schedule*)>;
using Parameters = std::vector<qsample_parameter>;

Handle schedule_of(const std::string& name, int steps, const Parameters& parameters = {}) {
  qsample_schedule* made = nullptr;
  EXPECT_EQ(qsample_schedule_make(name.c_str(), steps, parameters.data(), parameters.size(), &made),
            QSAMPLE_OK)
      << qsample_error_text();
  return {made, qsample_schedule_free};
}

// The text of a call that must fail.
std::string refusal(int status) {
  EXPECT_EQ(status, QSAMPLE_INVALID_ARGUMENT);
  return qsample_error_text();
}

std::string refused_schedule(const std::string& name, const Parameters& parameters) {
  qsample_schedule* made = nullptr;
  std::string text =
      refusal(qsample_schedule_make(name.c_str(), 10, parameters.data(), parameters.size(), &made));
  EXPECT_EQ(made, nullptr);
  return text;
}

std::vector<double> values_of(const Handle& schedule, int quantity) {
  std::vector<double> values(static_cast<std::size_t>(qsample_schedule_steps(schedule.get())) + 1);
  EXPECT_EQ(qsample_schedule_values(schedule.get(), quantity, values.data()), QSAMPLE_OK);
  return values;
}

std::vector<float> ramp(std::size_t count) {
  std::vector<float> x(count);
  for (std::size_t i = 0; i < count; ++i) x[i] = std::sin(static_cast<float>(i));
  return x;
}

// The place of the noise's sample i of an item.
std::size_t place(const qsample_shape& shape, std::size_t i) {
  if (shape.layout == QSAMPLE_HWC) return i;
  return i % shape.channels * shape.pixels + i / shape.channels;
}

// x_t and what is added to alpha_t x_0, of one item, by the library.
struct Expected {
  std::vector<float> xt, noise;
};

Expected expected_item(const qsample_shape& shape, const NoisePath& path, int t,
                       std::span<const float> x0) {
  const std::size_t count = shape.channels * shape.pixels;
  std::vector<float> in_order(count), mixed(count);
  for (std::size_t i = 0; i < count; ++i) in_order[i] = x0[place(shape, i)];
  Expected expected{std::vector<float>(count), std::vector<float>(count)};
  const std::vector<int> ts = {t};
  path.visit(ts, 0, count, [&](int /*t*/, Mix mix, std::span<const float> eps) {
    q_sample(in_order, eps, mix, mixed);
    for (std::size_t i = 0; i < count; ++i) {
      expected.xt[place(shape, i)] = mixed[i];
      expected.noise[place(shape, i)] = eps[i];
    }
  });
  return expected;
}

// Shapes whose runs end in the middle of a group of noise, of one run and of several.
std::vector<qsample_shape> shapes() {
  std::vector<qsample_shape> all;
  for (const int layout : {QSAMPLE_CHW, QSAMPLE_HWC}) {
    for (const std::size_t channels : {1, 2, 3, 4, 7, 3000}) {
      for (const std::size_t pixels : {1, 65, 4001}) {
        if (channels * pixels > 400'000) continue;
        all.push_back({3, channels, pixels, layout, QSAMPLE_FLOAT32});
      }
    }
  }
  return all;
}

TEST(C, SchedulesAreTheLibrarys) {
  const Parameters parameters = {
      {"beta-end", 0.012, nullptr}, {"zero-terminal-snr", 1, nullptr}, {"snr-shift", 3, nullptr}};
  const Handle ours = schedule_of("quad", 77, parameters);
  const NoiseSchedule table = make_schedule({.name = "quad",
                                             .steps = 77,
                                             .parameters = {{"beta-end", 0.012}},
                                             .zero_terminal_snr = true,
                                             .snr_shift = 3});
  ASSERT_EQ(qsample_schedule_steps(ours.get()), 77);
  for (int t = 0; t <= 77; ++t) {
    const auto at = static_cast<std::size_t>(t);
    EXPECT_EQ(values_of(ours, QSAMPLE_ALPHA)[at], table.alpha(t));
    EXPECT_EQ(values_of(ours, QSAMPLE_SIGMA)[at], table.sigma(t));
    EXPECT_EQ(values_of(ours, QSAMPLE_ALPHA_BAR)[at], table.alpha_bar(t));
    EXPECT_EQ(values_of(ours, QSAMPLE_SNR)[at], table.snr(t));
    EXPECT_EQ(values_of(ours, QSAMPLE_LOG_SNR)[at], table.log_snr(t));
    const double beta = values_of(ours, QSAMPLE_BETA)[at];
    if (t == 0) {
      EXPECT_TRUE(std::isnan(beta));
    } else {
      EXPECT_EQ(beta, table.beta(t));
    }
  }
}

TEST(C, WordsOfParametersAreTheirNumbers) {
  const Handle ours = schedule_of("linear", 5, {{"form", 0, "ve"}, {"precision", 0, "float32"}});
  const NoiseSchedule table =
      make_schedule({.steps = 5, .precision = Precision::float32, .unscaled = true});
  for (int t = 0; t <= 5; ++t) {
    EXPECT_EQ(values_of(ours, QSAMPLE_ALPHA)[static_cast<std::size_t>(t)], 1);
    EXPECT_EQ(values_of(ours, QSAMPLE_SIGMA)[static_cast<std::size_t>(t)], table.sigma(t));
  }
}

TEST(C, SchedulesFromBetas) {
  const std::vector<double> betas = {0.1, 0.2, 0.5};
  qsample_schedule* made = nullptr;
  ASSERT_EQ(qsample_schedule_from_betas(betas.data(), betas.size(), nullptr, 0, &made), QSAMPLE_OK);
  const Handle ours(made, qsample_schedule_free);
  EXPECT_DOUBLE_EQ(values_of(ours, QSAMPLE_ALPHA_BAR)[3], 0.9 * 0.8 * 0.5);
  made = nullptr;
  EXPECT_NE(
      refusal(qsample_schedule_from_betas(betas.data(), 0, nullptr, 0, &made)).find("`betas`"),
      std::string::npos);
  const double wrong = 2;
  EXPECT_NE(refusal(qsample_schedule_from_betas(&wrong, 1, nullptr, 0, &made)).find("beta_1"),
            std::string::npos);
  EXPECT_EQ(made, nullptr);
}

TEST(C, ParametersThatCannotBeAreRefused) {
  EXPECT_EQ(refused_schedule("linear", {{"rho", 7, nullptr}}),
            "schedule 'linear' does not use `rho`");
  EXPECT_EQ(refused_schedule("linear", {{"form", 0, "v"}}), "`form` takes a word: vp, ve");
  EXPECT_EQ(refused_schedule("linear", {{"form", 1, nullptr}}), "`form` takes a word: vp, ve");
  EXPECT_EQ(refused_schedule("linear", {{"beta-end", 0, "x"}}),
            "`beta-end` takes a number, not 'x'");
  EXPECT_EQ(refused_schedule("linear", {{"snr-shift", 0, "x"}}),
            "`snr-shift` takes a number, not 'x'");
  EXPECT_EQ(refused_schedule("linear", {{"zero-terminal-snr", 2, nullptr}}),
            "`zero-terminal-snr` is 0 or 1, not 2");
  EXPECT_EQ(refused_schedule("linear", {{nullptr, 2, nullptr}}), "`name` is NULL");
  EXPECT_NE(refused_schedule("linear", {{"beta-end", NAN, nullptr}}).find("`beta-end`"),
            std::string::npos);
}

TEST(C, SamplesAreTheLibrarys) {
  const Handle ours = schedule_of("cosine", 50);
  const NoiseSchedule table = make_schedule({.name = "cosine", .steps = 50});
  constexpr std::uint64_t kSeed = 0x123456789ABCDEF0;
  const std::vector<std::int64_t> ts = {50, 1, 17};
  for (const qsample_shape& shape : shapes()) {
    SCOPED_TRACE(testing::Message() << shape.channels << " channels, " << shape.pixels
                                    << " pixels, layout " << shape.layout);
    const std::size_t item = shape.channels * shape.pixels;
    const std::vector<float> x0 = ramp(item * shape.items);
    for (const PathKind kind : {PathKind::shared, PathKind::markov, PathKind::independent}) {
      std::vector<float> xt(x0.size()), eps(x0.size());
      ASSERT_EQ(qsample_q_sample(ours.get(), static_cast<int>(kind), &shape, &kSeed, 1, 5,
                                 ts.data(), ts.size(), x0.data(), xt.data(), eps.data()),
                QSAMPLE_OK)
          << qsample_error_text();
      for (std::size_t n = 0; n < shape.items; ++n) {
        const PhiloxNoise noise(kSeed, static_cast<std::uint32_t>(5 * shape.items + n));
        const NoisePath path(table, noise, kind);
        const auto t = static_cast<int>(ts[n]);
        const Expected expected =
            expected_item(shape, path, t, std::span(x0).subspan(n * item, item));
        const float scale =
            kind == PathKind::markov ? static_cast<float>(1 / table.sigma(t)) : 1.0F;
        for (std::size_t i = 0; i < item; ++i) {
          ASSERT_EQ(xt[n * item + i], expected.xt[i]) << "item " << n << ", sample " << i;
          ASSERT_EQ(eps[n * item + i], scale * expected.noise[i]);
        }
      }
    }
  }
}

TEST(C, NoiseIsTheLibrarysOnEveryStep) {
  constexpr std::uint64_t kSeed = 9;
  for (const qsample_shape& shape : shapes()) {
    const std::size_t item = shape.channels * shape.pixels;
    std::vector<float> eps(item * shape.items), expected(item);
    ASSERT_EQ(qsample_noise(&shape, &kSeed, 1, 2, 7, eps.data()), QSAMPLE_OK);
    for (std::size_t n = 0; n < shape.items; ++n) {
      gaussian_noise({kSeed, 7, static_cast<std::uint32_t>(2 * shape.items + n)}, 0, expected);
      for (std::size_t i = 0; i < item; ++i) {
        ASSERT_EQ(eps[n * item + place(shape, i)], expected[i]);
      }
    }
  }
}

TEST(C, SeedsOfItemsAreThoseOfFiles) {
  const std::vector<std::uint64_t> seeds = {qsample_file_seed("a/b.png", 7, 3), 8, 9};
  const qsample_shape three = {3, 3, 100, QSAMPLE_CHW, QSAMPLE_FLOAT32};
  const qsample_shape one = {1, 3, 100, QSAMPLE_CHW, QSAMPLE_FLOAT32};
  std::vector<float> all(900), alone(300);
  ASSERT_EQ(qsample_noise(&three, seeds.data(), 3, 4, 0, all.data()), QSAMPLE_OK);
  for (std::size_t n = 0; n < 3; ++n) {
    ASSERT_EQ(qsample_noise(&one, &seeds[n], 1, 4, 0, alone.data()), QSAMPLE_OK);
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), all.begin() + static_cast<long>(n) * 300));
  }
}

TEST(C, DoublesAreMixedInDouble) {
  const Handle ours = schedule_of("linear", 1000);
  const NoiseSchedule table = make_schedule({});
  constexpr std::uint64_t kSeed = 1;
  constexpr std::int64_t kT = 333;
  const qsample_shape shape = {1, 3, 5000, QSAMPLE_CHW, QSAMPLE_FLOAT64};
  std::vector<double> x0(15000), xt(15000), eps(15000), noise(15000);
  for (std::size_t i = 0; i < x0.size(); ++i) x0[i] = std::cos(static_cast<double>(i));
  ASSERT_EQ(qsample_q_sample(ours.get(), QSAMPLE_INDEPENDENT, &shape, &kSeed, 1, 0, &kT, 1,
                             x0.data(), xt.data(), eps.data()),
            QSAMPLE_OK);
  ASSERT_EQ(qsample_noise(&shape, &kSeed, 1, 0, kT, noise.data()), QSAMPLE_OK);
  std::vector<float> floats(15000);
  gaussian_noise({kSeed, kT}, 0, floats);
  for (std::size_t i = 0; i < x0.size(); ++i) {
    const std::size_t at = place(shape, i);
    ASSERT_EQ(eps[at], static_cast<double>(floats[i]));
    ASSERT_EQ(noise[at], eps[at]);
    ASSERT_EQ(xt[at], table.alpha(kT) * x0[at] + table.sigma(kT) * eps[at]);
  }
}

// A call whose arguments are right; each test spoils one.
struct QSample {
  Handle schedule = schedule_of("linear", 10);
  int path = QSAMPLE_SHARED;
  qsample_shape shape = {2, 3, 4, QSAMPLE_CHW, QSAMPLE_FLOAT32};
  std::vector<std::uint64_t> seeds = {1};
  std::uint32_t draw = 0;
  std::vector<std::int64_t> ts = {5};
  std::vector<float> x0 = std::vector<float>(24, 0.5F);
  std::vector<float> xt = std::vector<float>(24, 7.0F);
  std::vector<float> eps = std::vector<float>(24, 7.0F);

  int call() {
    return qsample_q_sample(schedule.get(), path, &shape, seeds.data(), seeds.size(), draw,
                            ts.data(), ts.size(), x0.data(), xt.data(), eps.data());
  }
  std::string refused() {
    std::string text = refusal(call());
    EXPECT_EQ(xt, std::vector<float>(24, 7.0F));
    EXPECT_EQ(eps, std::vector<float>(24, 7.0F));
    return text;
  }
};

template <class Spoil>
std::string refused(const Spoil& spoil) {
  QSample call;
  spoil(call);
  return call.refused();
}

TEST(C, ArgumentsThatCannotBeAreRefusedBeforeAnythingIsWritten) {
  EXPECT_EQ(QSample().call(), QSAMPLE_OK);
  EXPECT_EQ(refused([](QSample& c) { c.ts = {11}; }), "`t` 11 is outside 0..10");
  EXPECT_EQ(refused([](QSample& c) { c.ts = {3, -1}; }), "`t` -1 of item 1 is outside 0..10");
  EXPECT_EQ(refused([](QSample& c) {
              c.ts = {1, 2, 3};
            }),
            "`t`: there are 3, not 1 or one for each of 2 items");
  EXPECT_EQ(refused([](QSample& c) {
              c.seeds = {1, 2, 3};
            }),
            "`seeds`: there are 3, not 1 or one for each of 2 items");
  EXPECT_NE(refused([](QSample& c) { c.draw = kMostDraws / 2; }).find("`draw`"), std::string::npos);
  EXPECT_NE(refused([](QSample& c) {
              c.seeds = {1, 2};
              c.draw = kMostDraws;
            }).find("`draw`"),
            std::string::npos);
  EXPECT_NE(refused([](QSample& c) { c.shape.items = std::size_t{2} * kMostDraws; }).find("`draw`"),
            std::string::npos);
  EXPECT_EQ(refused([](QSample& c) { c.path = 3; }), "`path` 3 is not known");
  EXPECT_EQ(refused([](QSample& c) { c.shape.layout = 2; }), "`layout` 2 is not known");
  EXPECT_EQ(refused([](QSample& c) { c.shape.dtype = -1; }), "`dtype` -1 is not known");
  EXPECT_EQ(refused([](QSample& c) { c.shape.pixels = std::numeric_limits<std::size_t>::max(); }),
            "`shape` has more samples than memory can");
  EXPECT_EQ(refused([](QSample& c) {
              c.path = QSAMPLE_MARKOV;
              c.ts = {3, 0};
            }),
            "`eps` of item 1: along a Markov path there is no noise yet at t = 0");
  EXPECT_EQ(refused([](QSample& c) { c.schedule.reset(); }), "`schedule` is NULL");
  QSample last_draw;
  last_draw.draw = kMostDraws / 2 - 1;
  EXPECT_EQ(last_draw.call(), QSAMPLE_OK);
}

TEST(C, NothingIsDoneWhereThereAreNoSamples) {
  QSample call;
  for (std::size_t qsample_shape::*const side :
       {&qsample_shape::items, &qsample_shape::channels, &qsample_shape::pixels}) {
    call.shape = {2, 3, 4, QSAMPLE_CHW, QSAMPLE_FLOAT32};
    call.shape.*side = 0;
    EXPECT_EQ(call.call(), QSAMPLE_OK) << qsample_error_text();
  }
  EXPECT_EQ(call.xt, std::vector<float>(24, 7.0F));
}

// Threads share a schedule and have a text of their own each.
TEST(C, ThreadsDoNotMeet) {
  const Handle schedule = schedule_of("cosine", 100);
  const qsample_shape shape = {1, 3, 2000, QSAMPLE_CHW, QSAMPLE_FLOAT32};
  const std::vector<float> x0 = ramp(6000);
  const auto noised = [&](std::int64_t t) {
    std::vector<float> xt(x0.size());
    constexpr std::uint64_t kSeed = 4;
    EXPECT_EQ(qsample_q_sample(schedule.get(), QSAMPLE_MARKOV, &shape, &kSeed, 1, 0, &t, 1,
                               x0.data(), xt.data(), nullptr),
              QSAMPLE_OK);
    return xt;
  };
  const auto alone = std::vector{noised(1), noised(2), noised(3), noised(4)};
  std::vector<std::vector<float>> together(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < together.size(); ++i) {
      threads.emplace_back([&, i] {
        EXPECT_STREQ(qsample_error_text(), "");
        for (int again = 0; again < 20; ++again) {
          const std::string name = "none " + std::to_string(i);
          EXPECT_NE(refused_schedule(name, {}).find(name), std::string::npos);
          together[i] = noised(static_cast<std::int64_t>(i) + 1);
          EXPECT_NE(std::string(qsample_error_text()).find(name), std::string::npos);
        }
      });
    }
  }
  EXPECT_EQ(together, alone);
}

}  // namespace
}  // namespace qsample
