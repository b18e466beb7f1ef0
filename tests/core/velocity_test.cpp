// v, the target of a network that predicts the velocity, against the numbers of diffusers: of
// get_velocity, and of its trainer for flows (huggingface/diffusers at 58eb52c0, x_0 and noise in
// input_*.npy).

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/npy.h"
#include "qsample/error.h"
#include "qsample/schedule.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

struct Case {
  const char* name;
  ScheduleSpec spec;
  int t[2];  // of the two images of the batch
};

ScheduleSpec stable_diffusion() { return {.name = "scaled-linear"}; }

ScheduleSpec unscaled(ScheduleSpec spec) {
  spec.unscaled = true;
  return spec;
}

const Case kCases[] = {
    {"v_sd15_k0-10", stable_diffusion(), {1, 11}},
    {"v_sd15_k500-999", stable_diffusion(), {501, 1000}},
    {"v_sd-zsnr_k250-999", {.name = "scaled-linear", .zero_terminal_snr = true}, {251, 1000}},
    {"v_ddpm-linear_k100-700", {}, {101, 701}},
    {"v_if-cosine_k300-999", {.name = "cosine"}, {301, 1000}},
    {"v_cogvideox-2b_k400-999",
     {.name = "scaled-linear", .zero_terminal_snr = true, .snr_shift = 3},
     {401, 1000}},
    {"flow_sigma0.1-0.5", {.name = "flow"}, {100, 500}},
    {"flow_sigma0.9-1", {.name = "flow"}, {900, 1000}},
    // EulerDiscreteScheduler looks its timesteps 999 and 10 up from the other end.
    {"euler-get-velocity_t999-10", unscaled(stable_diffusion()), {1, 990}},
};

TEST(Velocity, IsThatOfDiffusers) {
  const fs::path folder = fs::path(QSAMPLE_TEST_DATA) / "targets";
  const auto x0 = read_npy(folder / "input_x0.npy");
  const auto eps = read_npy(folder / "input_noise.npy");
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.name);
    const auto target = read_npy(folder / (std::string(one.name) + "_target.npy"));
    ASSERT_EQ(target.size(), x0.size());
    const auto schedule = make_schedule(one.spec);
    const std::size_t half = x0.size() / 2;
    for (std::size_t i = 0; i < x0.size(); ++i) {
      const Mix v = schedule.velocity(one.t[i / half]);
      EXPECT_NEAR(v.x0 * x0[i] + v.eps * eps[i], target[i], 1e-6) << i;
    }
  }
}

// Whatever the form, v belongs to one SNR: the unscaled form's is that of the scaled one.
TEST(Velocity, OfAnUnscaledScheduleIsThatOfTheScaled) {
  for (const char* name : {"linear", "cosine", "vdm"}) {
    const auto scaled = make_schedule({.name = name});
    const auto exploding = make_schedule({.name = name, .unscaled = true});
    for (const int t : {1, 400, 1000}) {
      EXPECT_NEAR(scaled.velocity(t).x0, exploding.velocity(t).x0, 1e-12) << name << t;
      EXPECT_NEAR(scaled.velocity(t).eps, exploding.velocity(t).eps, 1e-12) << name << t;
    }
  }
}

TEST(Velocity, BelongsToAProcess) {
  for (const auto& family : schedule_families()) {
    SCOPED_TRACE(family.name);
    const std::string name(family.name);
    const auto schedule = make_schedule({.name = name});
    const bool exploding = name == "geometric" || name == "karras" || name == "exponential" ||
                           name == "polyexponential" || name == "vp-sigmas" ||
                           name == "karras-ve" || name == "beta-sigmas";
    EXPECT_EQ(schedule.process(), name == "flow" ? Process::flow
                                  : exploding    ? Process::exploding
                                                 : Process::preserving);
  }
  const auto flow = make_schedule({.name = "flow", .parameters = {{"shift", 3}}});
  EXPECT_EQ(flow.velocity(1).x0, -1);
  EXPECT_EQ(flow.velocity(1).eps, 1);
}

TEST(Velocity, IsRefusedWhereNoneIsKnown) {
  const auto scaled = make_schedule({.name = "gamma-cosine", .parameters = {{"input-scale", 0.5}}});
  EXPECT_EQ(scaled.process(), Process::other);
  EXPECT_THROW((void)scaled.velocity(1), InvalidArgument);
  // Nothing but the image and the noise: the variance is preserved, and it is a flow.
  EXPECT_THROW((void)make_schedule({.name = "flow", .steps = 1}).velocity(1), InvalidArgument);
}

}  // namespace
}  // namespace qsample
