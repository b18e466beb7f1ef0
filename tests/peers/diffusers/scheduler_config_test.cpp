#include "peers/diffusers/scheduler_config.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "base/json.h"
#include "qsample/error.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

SchedulerConfig parse(const std::string& fields, double image_size = 0) {
  return parse_scheduler_config("{" + fields + "}", "c.json", {.image_size = image_size});
}

NoiseSchedule schedule_of(const std::string& fields, double image_size = 0) {
  return make_schedule(parse(fields, image_size).spec);
}

std::string refusal(const std::string& text) {
  try {
    (void)parse_scheduler_config(text, "c.json");
  } catch (const Error& e) {
    return e.what();
  }
  return "taken";
}

TEST(SchedulerConfig, EveryClassHasItsOwnDefaults) {
  for (const auto& name : scheduler_classes()) {
    SCOPED_TRACE(name);
    const auto config = parse("\"_class_name\": \"" + name + "\"");
    EXPECT_EQ(config.class_name, name);
    EXPECT_NO_THROW((void)make_schedule(config.spec));
    // Of these a new object has its timesteps the other way round than its sigmas.
    const bool turns = name.starts_with("DPMSolverMultistep") || name.starts_with("DEIS") ||
                       name.starts_with("DPMSolverSinglestep") || name.starts_with("UniPC");
    const bool has_no_rows = name == "DDPMWuerstchenScheduler" || name == "MiniMaxH3Scheduler";
    ASSERT_EQ(config.doubts.size(), turns || has_no_rows ? 1U : 0U);
    const std::string doubt = config.doubts.empty() ? "" : config.doubts.front();
    EXPECT_EQ(doubt.find("that of 999 - k") != std::string::npos, turns);
    EXPECT_EQ(doubt.find("no timesteps of training") != std::string::npos, has_no_rows);
  }
  EXPECT_EQ(scheduler_classes().size(), 36U);
}

// As constructed they have the same noise under the other name.
TEST(SchedulerConfig, NewSolversNameTheirTimestepsTheOtherWayRound) {
  const char* text = R"({"_class_name": "DEISMultistepScheduler", "num_train_timesteps": 10})";
  const auto meant = parse_scheduler_config(text, "c.json").spec;
  const auto other = parse_scheduler_config(text, "c.json", {.as_constructed = true}).spec;
  EXPECT_TRUE(meant.timesteps.empty());
  for (int t = 1; t <= 10; ++t) {
    EXPECT_DOUBLE_EQ(make_schedule(other).sigma(t), make_schedule(meant).sigma(t));
    EXPECT_EQ(other.timesteps.at(static_cast<std::size_t>(t) - 1), 10 - t);
  }
  // The others do as is meant, which is not to be asked for.
  EXPECT_THROW((void)parse_scheduler_config(R"({"_class_name": "DDPMScheduler"})", "c.json",
                                            {.as_constructed = true}),
               InvalidArgument);
}

TEST(SchedulerConfig, AnotherNumberOfTimestepsIsThatOfTheClass) {
  const auto spec =
      parse_scheduler_config(R"({"_class_name": "DDPMScheduler"})", "c.json", {.trained = 250})
          .spec;
  EXPECT_EQ(spec.steps, 250);
  EXPECT_EQ(make_schedule(spec).beta(250), make_schedule({.steps = 250}).beta(250));
  const auto leading = parse_scheduler_config(R"({"_class_name": "DDPMScheduler"})", "c.json",
                                              {.inference_steps = 5, .trained = 250})
                           .spec;
  EXPECT_EQ(leading.timesteps, (std::vector<double>{0, 50, 100, 150, 200}));
  EXPECT_EQ(leading.trained_steps, 250);
  EXPECT_THROW((void)parse_scheduler_config(
                   R"({"_class_name": "DDPMScheduler", "trained_betas": [0.1, 0.2]})", "c.json",
                   {.trained = 3}),
               InvalidArgument);
}

TEST(SchedulerConfig, ADynamicShiftIsThatOfTheImage) {
  const char* text =
      R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true})";
  for (const ConfigRequest& request :
       {ConfigRequest{.image_tokens = 4096}, ConfigRequest{.image_size = 1024}}) {
    const auto config = parse_scheduler_config(text, "c.json", request);
    EXPECT_NEAR(config.spec.parameters.at("shift"), std::exp(1.15), 1e-12);
    EXPECT_NEAR(make_schedule(config.spec).sigma(500), 1 / (1 + std::exp(-1.15)), 1e-12);
  }
}

// What SD3's, Flux's and CogView4's pipelines hand over goes to flows alone.
TEST(SchedulerConfig, SigmasOfPipelinesAreForFlows) {
  EXPECT_THROW(
      (void)parse_scheduler_config(R"({"_class_name": "EulerDiscreteScheduler"})", "c.json",
                                   {.inference_steps = 4, .pipeline_sigmas = PipelineSigmas::flux}),
      InvalidArgument);
}

// alpha_bar_T of each class of variance-preserving schedulers as published, and sigma_T of the
// others.
TEST(SchedulerConfig, DefaultsAreThoseOfTheClass) {
  for (const char* name :
       {"DDPMScheduler", "DDPMParallelScheduler", "DDIMScheduler", "DDIMParallelScheduler",
        "DDIMInverseScheduler", "PNDMScheduler", "DEISMultistepScheduler",
        "DPMSolverMultistepScheduler", "DPMSolverMultistepInverseScheduler",
        "DPMSolverSinglestepScheduler", "UniPCMultistepScheduler", "SASolverScheduler"}) {
    EXPECT_NEAR(schedule_of("\"_class_name\": \"" + std::string(name) + "\"").alpha_bar(1000),
                4.03583e-5, 1e-10)
        << name;
  }
  for (const char* name : {"LCMScheduler", "TCDScheduler"}) {
    EXPECT_NEAR(schedule_of("\"_class_name\": \"" + std::string(name) + "\"").alpha_bar(1000),
                0.0046600985, 1e-10)
        << name;
  }
  for (const char* name : {"CogVideoXDDIMScheduler", "CogVideoXDPMScheduler"}) {
    const double plain = 0.0046600985;  // shifted by 3
    EXPECT_NEAR(schedule_of("\"_class_name\": \"" + std::string(name) + "\"").alpha_bar(1000),
                plain / (3 - 2 * plain), 1e-10);
  }
  for (const char* name :
       {"EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "LMSDiscreteScheduler"}) {
    const auto schedule = schedule_of("\"_class_name\": \"" + std::string(name) + "\"");
    EXPECT_EQ(schedule.alpha(1000), 1);
    EXPECT_NEAR(schedule.sigma(1000), std::sqrt(1 / 4.03583e-5 - 1), 1e-3) << name;
  }
  for (const char* name : {"HeunDiscreteScheduler", "KDPM2DiscreteScheduler",
                           "KDPM2AncestralDiscreteScheduler", "DPMSolverSDEScheduler"}) {
    const auto spec = parse("\"_class_name\": \"" + std::string(name) + "\"").spec;
    EXPECT_EQ(spec.name, "linear") << name;
    EXPECT_EQ(spec.parameters.at("beta-end"), 0.012) << name;
    EXPECT_TRUE(spec.unscaled) << name;
  }
  EXPECT_NEAR(schedule_of("\"_class_name\": \"UnCLIPScheduler\"").alpha_bar(500), 0.493844, 1e-6);
  EXPECT_NEAR(schedule_of("\"_class_name\": \"EDMEulerScheduler\"").sigma(1001), 80, 1e-9);
  EXPECT_NEAR(schedule_of("\"_class_name\": \"EDMDPMSolverMultistepScheduler\"").sigma(1000), 80,
              1e-9);
  EXPECT_NEAR(schedule_of("\"_class_name\": \"ScoreSdeVeScheduler\"").sigma(2000), 1348, 1e-8);
  EXPECT_NEAR(schedule_of("\"_class_name\": \"ScoreSdeVpScheduler\"").log_snr(2000),
              -std::log(std::expm1(10.05)), 1e-9);
  for (const char* name : {"FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler"}) {
    EXPECT_NEAR(schedule_of("\"_class_name\": \"" + std::string(name) + "\"").sigma(250), 0.25,
                1e-15)
        << name;
  }
}

TEST(SchedulerConfig, FieldsAreHonoured) {
  const auto schedule =
      schedule_of(R"("_class_name": "DDIMScheduler", "beta_schedule": "scaled_linear",
    "beta_start": 0.00085, "beta_end": 0.012, "num_train_timesteps": 500, "rescale_betas_zero_snr": true)");
  EXPECT_EQ(schedule.steps(), 500);
  EXPECT_EQ(schedule.alpha(500), 0);
  EXPECT_NEAR(schedule.alpha_bar(1), 1 - 0.00085, 1e-15);
  const auto trained =
      schedule_of(R"("_class_name": "DDPMScheduler", "trained_betas": [0.1, 0.2])");
  EXPECT_NEAR(trained.alpha_bar(2), 0.72, 1e-15);
  const auto euler =
      schedule_of(R"("_class_name": "EulerDiscreteScheduler", "beta_schedule": "scaled_linear",
    "beta_start": 0.00085, "beta_end": 0.012, "rescale_betas_zero_snr": true)");
  EXPECT_NEAR(euler.sigma(1000), 4096, 0.001);
  const auto flow = schedule_of(R"("_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3)");
  EXPECT_NEAR(flow.sigma(500), 0.75, 1e-15);
  const auto edm = schedule_of(
      R"("_class_name": "EDMEulerScheduler", "sigma_schedule": "exponential", "sigma_max": 20)");
  EXPECT_NEAR(edm.sigma(1001), 20, 1e-9);
}

// What add_noise of each class makes of (1, 0) and (0, 1), by diffusers at 58eb52c0 with
// PyTorch 1.13 on AVX2: the float32 numbers themselves, at a few timesteps k. In float64 the same
// to its digits.
TEST(SchedulerConfig, Float32IsThatOfTheClassBitForBit) {
  const std::string text = read_text(std::string(QSAMPLE_TEST_DATA) + "/schedules-float32.json");
  std::set<std::string> classes;
  for (const Json& one : parse_json(text, {.python_numbers = true})) {
    SCOPED_TRACE(one.at("name").get<std::string>());
    auto config = parse_scheduler_config(one.at("config").dump(), "c.json");
    const auto exact = make_schedule(config.spec);
    config.spec.precision = config.rounding;
    const auto schedule = make_schedule(config.spec);
    for (const Json& row : one.at("rows")) {
      const int t = row.at(0).get<int>() + 1;
      EXPECT_EQ(static_cast<float>(schedule.alpha(t)), row.at(1).get<float>()) << t;
      EXPECT_EQ(static_cast<float>(schedule.sigma(t)), row.at(2).get<float>()) << t;
      EXPECT_NEAR(exact.alpha(t), row.at(1).get<double>(), 2e-6) << t;
      EXPECT_NEAR(exact.sigma(t) / row.at(2).get<double>(), 1, 3e-4) << t;
    }
    classes.insert(config.class_name);
  }
  EXPECT_GE(classes.size(), 19U);
}

// Flux: mu = 1.15 for 4096 tokens, which a side of 1024 has.
TEST(SchedulerConfig, DynamicShiftingNeedsTheImagesSize) {
  const std::string fields =
      R"("_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true)";
  EXPECT_NEAR(parse(fields, 1024).spec.parameters.at("shift"), std::exp(1.15), 1e-12);
  EXPECT_NEAR(parse(fields, 512).spec.parameters.at("shift"), std::exp(0.63), 1e-12);
  EXPECT_NE(refusal("{" + fields + "}").find("`image-size`"), std::string::npos);
}

TEST(SchedulerConfig, WhatDoesNotCountIsNamedByWhatItIsAbout) {
  const auto config =
      parse(R"("_class_name": "DDPMScheduler", "_diffusers_version": "0.30", "clip_sample": true,
    "prediction_type": "epsilon", "beta_strat": 0.1)");
  ASSERT_EQ(config.doubts.size(), 2U);
  EXPECT_TRUE(config.doubts[0].ends_with("about sampling: clip_sample, prediction_type"));
  EXPECT_TRUE(config.doubts[1].starts_with("DDPMScheduler is not known to have these fields"));
  EXPECT_TRUE(config.doubts[1].ends_with(": beta_strat"));
  // A field that the class does not have is ignored by diffusers as well.
  const auto pndm = parse(R"("_class_name": "PNDMScheduler", "rescale_betas_zero_snr": true)");
  EXPECT_FALSE(pndm.spec.zero_terminal_snr);
  ASSERT_EQ(pndm.doubts.size(), 1U);
  EXPECT_TRUE(pndm.doubts[0].ends_with("not used: rescale_betas_zero_snr"));
  const auto heun = parse(
      R"("_class_name": "FlowMatchHeunDiscreteScheduler", "shift": 3, "use_dynamic_shifting": true)");
  EXPECT_EQ(heun.spec.parameters.at("shift"), 3);
  EXPECT_TRUE(heun.doubts.at(0).ends_with("not used: use_dynamic_shifting"));
}

// Karras sigmas and their like lie between those of the training timesteps, unless bounds of their
// own are set, as Stable Video Diffusion has them: 700 where the table ends at 14.6.
TEST(SchedulerConfig, OtherSigmasAreNamedOrTaken) {
  for (const char* flag :
       {"use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas"}) {
    const std::string on = std::string("\"") + flag + "\": true";
    for (const char* name : {"EulerDiscreteScheduler", "DPMSolverMultistepScheduler",
                             "FlowMatchEulerDiscreteScheduler", "HeunDiscreteScheduler"}) {
      const std::string fields = std::string("\"_class_name\": \"") + name + "\", " + on;
      const auto config = parse(fields);
      if (std::string(flag) == "use_lu_lambdas" && !std::string(name).starts_with("DPM")) {
        EXPECT_TRUE(config.doubts.at(0).ends_with("not used: use_lu_lambdas")) << fields;
        continue;
      }
      ASSERT_EQ(config.doubts.size(), std::string(name).starts_with("DPM") ? 2U : 1U) << fields;
      EXPECT_NE(
          config.doubts[0].find("x_t is that of the training timesteps; \"" + std::string(flag)),
          std::string::npos);
      if (std::string(flag) == "use_lu_lambdas" || std::string(name).starts_with("Flow")) continue;
      // Within bounds x_t has them, as it has after set_timesteps(T).
      const auto bounded = parse(fields + R"(, "sigma_max": 20.0, "sigma_min": 0.1)");
      EXPECT_NE(bounded.doubts.at(0).find("within the bounds of the config"), std::string::npos);
      const auto schedule = make_schedule(bounded.spec);
      EXPECT_NEAR(schedule.sigma(1000) / schedule.alpha(1000), 20, 1e-9);
      EXPECT_NEAR(schedule.sigma(1) / schedule.alpha(1), 0.1, 1e-9);
      EXPECT_EQ(refusal("{" + fields + ", \"sigma_max\": null}"), "taken");
    }
    // These look x_t up by its timestep, or do not know the field.
    EXPECT_TRUE(
        parse(std::string(R"("_class_name": "SASolverScheduler", )") + on)
            .doubts.at(0)
            .ends_with((std::string(flag) == "use_lu_lambdas" ? "not used: " : "about sampling: ") +
                       std::string(flag)));
    EXPECT_TRUE(parse(std::string(R"("_class_name": "DDIMScheduler", )") + on)
                    .doubts.at(0)
                    .ends_with(std::string("not used: ") + flag));
  }
}

// Python writes these numbers, and diffusers saves -Infinity in each config of these classes.
TEST(SchedulerConfig, TakesPythonsNumbers) {
  const auto config = parse(
      R"("_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity, "snr": NaN)");
  ASSERT_EQ(config.doubts.size(), 2U);
  EXPECT_TRUE(config.doubts[1].ends_with("lambda_min_clipped, snr"));
  EXPECT_NE(refusal(R"({"_class_name": "DDPMScheduler", "beta_end": Infinity})"), "taken");
  EXPECT_NE(refusal(R"({"_class_name": "DDPMScheduler", "beta_end": NaN})"), "taken");
}

TEST(SchedulerConfig, TrainedBetasAreAsManyAsTimesteps) {
  EXPECT_NE(
      refusal(
          R"({"_class_name": "DDPMScheduler", "num_train_timesteps": 3, "trained_betas": [0.1]})")
          .find("\"trained_betas\" are 1"),
      std::string::npos);
}

// What diffusers lists there was never set by hand: the class's own default holds.
TEST(SchedulerConfig, DefaultsThatAreNamedHold) {
  const auto config = parse(
      R"("_class_name": "DDPMScheduler", "beta_end": 0.05, "_use_default_values": ["beta_end"])");
  EXPECT_EQ(config.spec.parameters.at("beta-end"), 0.02);
  EXPECT_TRUE(config.doubts.empty());
}

TEST(SchedulerConfig, UnclipIsAlwaysCosine) {
  const auto config =
      parse(R"("_class_name": "UnCLIPScheduler", "beta_schedule": "squaredcos_cap_v2")");
  EXPECT_TRUE(config.doubts.empty());
  EXPECT_NE(refusal(R"({"_class_name": "UnCLIPScheduler", "beta_schedule": "linear"})")
                .find("always squaredcos_cap_v2"),
            std::string::npos);
}

TEST(SchedulerConfig, UnknownNamesAreComparedWithTheKnown) {
  EXPECT_NE(refusal(R"({"_class_name": "DDPMSchedule"})").find("did you mean DDPMScheduler; known"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"_class_name": "DDIMScheduler", "beta_schedule": "scaled-linear"})")
                .find("did you mean scaled_linear; known"),
            std::string::npos);
}

TEST(SchedulerConfig, RefusesWhatItCannotMean) {
  EXPECT_NE(refusal(R"({"_class_name": "DDPMScheduler", "beta_end": 1e400})").find("overflow"),
            std::string::npos);
  EXPECT_NE(refusal("{\n  \"a\": 1,\n  oops\n}").find("line 3, column 3"), std::string::npos);
  EXPECT_NE(refusal("[1]").find("no JSON object"), std::string::npos);
  EXPECT_NE(refusal("{}").find("_class_name"), std::string::npos);
  EXPECT_NE(refusal(R"({"_class_name": "VQDiffusionScheduler"})").find("VQDiffusionScheduler"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"_class_name": "DDPMScheduler", "beta_schedule": "wavy"})")
                .find("known are linear"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"_class_name": "DDPMScheduler", "beta_end": "0.02"})").find("not a number"),
            std::string::npos);
  EXPECT_NE(
      refusal(R"({"_class_name": "DDPMScheduler", "num_train_timesteps": 10.5})").find("whole"),
      std::string::npos);
  EXPECT_NE(refusal(R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift_terminal": 1})")
                .find("not in [0, 1)"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"_class_name": "SCMScheduler"})").find("has no forward process"),
            std::string::npos);
}

}  // namespace
}  // namespace qsample
