// What networks learn, against the numbers of k-diffusion (crowsonkb/k-diffusion at 4601bf0) and of
// closed forms. velocity_test.cpp has v.

#include "qsample/trainers/target.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

#include "core/npy.h"
#include "qsample/error.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

NoiseSchedule with_sigmas(double first, double second) {
  return make_schedule(
      {.name = "table", .steps = 2, .table = {{1, first * first}, {1, second * second}}});
}

// The two images of the batch have a sigma each.
void expect_those_of_k_diffusion(const fs::path& folder, const std::string& name, double first,
                                 double second, double sigma_data) {
  SCOPED_TRACE(name);
  const fs::path inputs = fs::path(QSAMPLE_TEST_DATA) / "targets";
  const auto x0 = read_npy(inputs / "input_x0.npy");
  const auto eps = read_npy(inputs / "input_noise.npy");
  const auto schedule = with_sigmas(first, second);
  for (const char* kind : {"edm", "edm-input"}) {
    const bool is_target = kind == std::string("edm");
    const auto path = folder / (name + (is_target ? "_target.npy" : "_input.npy"));
    if (!fs::exists(path)) continue;
    const auto wanted = read_npy(path);
    ASSERT_EQ(wanted.size(), x0.size());
    for (std::size_t i = 0; i < x0.size(); ++i) {
      const int t = i < x0.size() / 2 ? 1 : 2;
      const Mix mix = find_target(kind)->mix(schedule, t, sigma_data);
      const double c_out = edm_scalings(schedule, t, sigma_data).c_out;
      const double tolerance = is_target ? std::max(1.0, std::abs(x0[i]) / c_out) : 4;
      ASSERT_NEAR(mix.x0 * static_cast<double>(x0[i]) + mix.eps * static_cast<double>(eps[i]),
                  wanted[i], 3.5e-7 * tolerance)
          << kind << i;
    }
  }
}

void expect_all_of(const fs::path& folder) {
  expect_those_of_k_diffusion(folder, "edm_sigma0.002-0.5_data0.5", 0.002, 0.5, 0.5);
  expect_those_of_k_diffusion(folder, "edm_sigma5-80_data0.5", 5, 80, 0.5);
  expect_those_of_k_diffusion(folder, "edm_sigma0.002-0.5_data1", 0.002, 0.5, 1);
  expect_those_of_k_diffusion(folder, "edm_sigma5-80_data1", 5, 80, 1);
}

TEST(Target, OfEdmIsThatOfKDiffusion) { expect_all_of(fs::path(QSAMPLE_TEST_DATA) / "targets"); }

TEST(TargetOracle, OfEdmIsThatOfKDiffusion) {
  const fs::path folder = fs::path(QSAMPLE_ORACLE_2) / "targets";
  if (!fs::exists(folder)) GTEST_SKIP() << "there is no " << folder;
  expect_all_of(folder);
}

// float64_reference of EDMPrecond, NVlabs/edm at 008a4e5.
TEST(Target, HasTheScalingsOfEdm) {
  const auto c = edm_scalings(with_sigmas(0.10000000149011612, 80), 1);
  EXPECT_NEAR(c.c_skip, 0.9615384604363046, 1e-15);
  EXPECT_NEAR(c.c_out, 0.09805806897407189, 1e-16);
  EXPECT_NEAR(c.c_noise, -0.5756462695081276, 1e-8);
  EXPECT_EQ(c.sigma_data, 0.5);
}

// Whatever the form: F's target gives x_0 back, and its input is x_t in other units.
TEST(Target, OfEdmGivesTheImageBack) {
  for (const char* name : {"linear", "cosine", "flow", "karras"}) {
    const auto schedule = make_schedule({.name = name, .steps = 100});
    for (const int t : {1, 40, 99}) {
      const auto c = edm_scalings(schedule, t, 0.7);
      const Mix target = find_target("edm")->mix(schedule, t, 0.7);
      const Mix input = find_target("edm-input")->mix(schedule, t, 0.7);
      EXPECT_NEAR(c.c_skip + c.c_out * target.x0, 1, 1e-12) << name << t;
      EXPECT_NEAR(c.c_skip * c.sigma + c.c_out * target.eps, 0, 1e-12 * c.sigma) << name << t;
      EXPECT_NEAR(input.eps / input.x0, schedule.sigma(t) / schedule.alpha(t), 1e-12 * c.sigma);
      EXPECT_NEAR(input.x0 * input.x0 * (0.7 * 0.7) + input.eps * input.eps, 1, 1e-12);
    }
  }
}

TEST(Target, ScoreAndVelocityAreThatOfTheirPapers) {
  const auto schedule = make_schedule({});
  const Mix score = find_target("score")->mix(schedule, 300, 0);
  EXPECT_EQ(score.x0, 0);
  EXPECT_EQ(score.eps, -1 / schedule.sigma(300));
  const Mix velocity = find_target("velocity")->mix(make_schedule({.name = "flow"}), 300, 0);
  EXPECT_EQ(velocity.x0, -1);
  EXPECT_EQ(velocity.eps, 1);
}

TEST(Target, IsRefusedWhereThereIsNone) {
  const auto schedule = make_schedule({});
  const auto zero_terminal = make_schedule({.zero_terminal_snr = true});
  for (const char* name : {"score", "edm", "edm-input"}) {
    EXPECT_THROW((void)find_target(name)->mix(schedule, 0, 0.5), InvalidArgument) << name;
  }
  EXPECT_THROW((void)find_target("edm")->mix(zero_terminal, 1000, 0.5), InvalidArgument);
  EXPECT_THROW((void)find_target("edm")->mix(schedule, 5, 0), InvalidArgument);
  EXPECT_THROW((void)find_target("velocity")->mix(schedule, 5, 0), InvalidArgument);
  EXPECT_EQ(find_target("nothing"), nullptr);
}

}  // namespace
}  // namespace qsample
