// Fields of configs together: the steps of set_timesteps, with numbers that a program apart from
// this one computed in float64 from what each class of diffusers does.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/json.h"
#include "peers/diffusers/scheduler_config.h"
#include "qsample/error.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

// A list, or one number for all.
double number_at(const Json& values, std::size_t i) {
  return (values.is_array() ? values.at(i) : values).get<double>();
}

ConfigRequest request_of(const Json& one) {
  ConfigRequest request{.inference_steps = one.at("steps").get<int>()};
  if (one.contains("image_tokens")) request.image_tokens = one.at("image_tokens").get<double>();
  if (one.contains("pipeline_sigmas")) request.pipeline_sigmas = PipelineSigmas::flux;
  return request;
}

void expect_grid(const Json& one) {
  const auto spec = parse_scheduler_config(one.at("config").dump(), "c.json", request_of(one)).spec;
  const auto schedule = make_schedule(spec);
  const Json& names = one.at("timesteps");
  const std::size_t count =
      one.contains("count") ? one.at("count").get<std::size_t>() : names.size();
  ASSERT_EQ(static_cast<std::size_t>(schedule.steps()), count);
  const bool rises = number_at(one.at("sigma"), 0) < number_at(one.at("sigma"), names.size() - 1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto row = one.contains("rows") ? one.at("rows").at(i).get<std::size_t>() : i;
    const int t = static_cast<int>(rises ? row + 1 : count - row);
    EXPECT_NEAR(spec.timesteps.at(static_cast<std::size_t>(t) - 1), names.at(i).get<double>(), 1e-4)
        << t;
    EXPECT_NEAR(schedule.alpha(t), number_at(one.at("alpha"), i), 1e-10) << t;
    const double sigma = number_at(one.at("sigma"), i);
    EXPECT_NEAR(schedule.sigma(t), sigma, 1e-9 * std::max(1.0, sigma)) << t;
  }
}

TEST(ConfigGrids, AreThoseOfTheClassWhateverTheFields) {
  const std::string text = read_text(std::string(QSAMPLE_TEST_DATA) + "/config-grids.json");
  for (const Json& one : parse_json(text)) {
    SCOPED_TRACE(one.at("config").dump() + " " + one.at("steps").dump());
    expect_grid(one);
  }
}

SchedulerConfig parse(const std::string& fields, const ConfigRequest& request) {
  return parse_scheduler_config("{" + fields + "}", "c.json", request);
}

std::string doubts_of(const SchedulerConfig& config) {
  std::string text;
  for (const auto& doubt : config.doubts) text += doubt + "\n";
  return text;
}

// Pipelines that change their scheduler's class carry its fields along.
TEST(ConfigGrids, FieldsOfOtherClassesChangeNothing) {
  const std::string carried =
      R"(, "use_flow_sigmas": true, "flow_shift": 3.0, "use_dynamic_shifting": true,
      "use_karras_sigmas": true, "lambda_min_clipped": -5.1, "sigma_max": 20.0, "shift": 3.0,
      "shift_terminal": 0.1, "snr_shift_scale": 2.0, "beta_min": 0.2, "rho": 3.0)";
  for (const char* name : {"DDPMScheduler", "DDIMScheduler", "EulerAncestralDiscreteScheduler"}) {
    const std::string plain = std::string("\"_class_name\": \"") + name + "\"";
    for (const int n : {0, 4}) {
      const auto config = parse(plain + carried, {.inference_steps = n});
      const auto schedule = make_schedule(config.spec);
      const auto expected = make_schedule(parse(plain, {.inference_steps = n}).spec);
      ASSERT_EQ(schedule.steps(), expected.steps());
      for (int t = 1; t <= schedule.steps(); ++t) {
        EXPECT_EQ(schedule.alpha(t), expected.alpha(t));
        EXPECT_EQ(schedule.sigma(t), expected.sigma(t));
      }
      EXPECT_NE(doubts_of(config).find("use_flow_sigmas"), std::string::npos);
    }
  }
}

// Its set_timesteps takes no shift of the image's size.
TEST(ConfigGrids, TheInverseSolverHasOneShift) {
  const std::string fields = R"("_class_name": "DPMSolverMultistepInverseScheduler",
      "use_flow_sigmas": true, "flow_shift": 3, "use_dynamic_shifting": true)";
  const auto schedule = make_schedule(parse(fields, {.inference_steps = 2}).spec);
  EXPECT_NEAR(schedule.sigma(2), 3 * 0.999 / (1 + 2 * 0.999), 1e-12);
  EXPECT_NEAR(schedule.sigma(1), 3 * 0.4995 / (1 + 2 * 0.4995), 1e-12);
}

TEST(ConfigGrids, SaSolverSaysThatItsNoiseIsThatOfItsBetas) {
  const std::string fields = R"("_class_name": "SASolverScheduler", "use_flow_sigmas": true)";
  EXPECT_NE(doubts_of(parse(fields, {.inference_steps = 4})).find("makes x_t of its betas"),
            std::string::npos);
  EXPECT_NE(doubts_of(parse(fields, {})).find("about sampling: use_flow_sigmas"),
            std::string::npos);
}

// Bounds that the class does not heed give the timesteps of training no other sigmas.
TEST(ConfigGrids, BoundsThatAreNotHeededChangeNoTimestepOfTraining) {
  const std::string fields = R"(, "use_karras_sigmas": true, "sigma_min": 0.1, "sigma_max": 20.0)";
  const auto greatest = [&](const std::string& name) {
    const auto schedule =
        make_schedule(parse("\"_class_name\": \"" + name + "\"" + fields, {}).spec);
    return schedule.sigma(schedule.steps());
  };
  EXPECT_NEAR(greatest("EulerDiscreteScheduler"), 20, 1e-9);
  EXPECT_NEAR(greatest("LMSDiscreteScheduler"), std::sqrt(1 / 4.03583e-5 - 1), 1e-3);
  EXPECT_LT(greatest("DPMSolverSDEScheduler"), 33);
  EXPECT_GT(greatest("DPMSolverSDEScheduler"), 20.1);
}

// Karras' sigmas go before Lu's, and Lu's before the others, which exclude each other.
TEST(ConfigGrids, LuLambdasStandBesideOthers) {
  const auto sigma = [&](const std::string& fields) {
    const std::string name = R"("_class_name": "DPMSolverMultistepScheduler")";
    return make_schedule(parse(name + fields, {.inference_steps = 4}).spec).sigma(2);
  };
  const std::string lu = R"(, "use_lu_lambdas": true)";
  const std::string karras = R"(, "use_karras_sigmas": true)";
  const std::string beta = R"(, "use_beta_sigmas": true)";
  EXPECT_EQ(sigma(karras + lu), sigma(karras));
  EXPECT_EQ(sigma(beta + lu), sigma(lu));
  EXPECT_NE(sigma(karras), sigma(lu));
  EXPECT_THROW((void)sigma(karras + beta), Error);
}

// The first sigma is that of the last timestep of training, whatever the last bits of it say.
TEST(ConfigGrids, SigmasOfATimestepAreCalledByIt) {
  for (const char* field : {"use_exponential_sigmas", "use_beta_sigmas"}) {
    for (const char* name : {"DPMSolverMultistepScheduler", "UniPCMultistepScheduler"}) {
      const auto spec =
          parse(std::string("\"_class_name\": \"") + name + "\", \"" + field + "\": true",
                {.inference_steps = 20})
              .spec;
      EXPECT_EQ(spec.timesteps.back(), 999) << name << " " << field;
      EXPECT_EQ(spec.timesteps.front(), 0) << name << " " << field;
    }
  }
}

// FLUX.2's pipeline has a shift of its own, of the number of steps too, but for large images.
TEST(ConfigGrids, Flux2HasAShiftOfItsOwn) {
  const auto odds = [](double tokens, int n) {
    const auto schedule = make_schedule(
        parse(R"("_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": true)",
              {.inference_steps = n,
               .pipeline_sigmas = PipelineSigmas::flux2,
               .image_tokens = tokens})
            .spec);
    return schedule.sigma(1) / schedule.alpha(1) * (n - 1);  // of an even step 1/n
  };
  EXPECT_NEAR(std::log(odds(4096, 10)), 8.73809524e-05 * 4096 + 1.89833333, 1e-12);
  EXPECT_NEAR(std::log(odds(4096, 200)), 0.00016927 * 4096 + 0.45666666, 1e-12);
  EXPECT_NEAR(std::log(odds(1024, 105)),
              (8.73809524e-05 * 1024 + 1.89833333 + 0.00016927 * 1024 + 0.45666666) / 2, 1e-12);
  EXPECT_NEAR(std::log(odds(8192, 10)), 0.00016927 * 8192 + 0.45666666, 1e-12);
}

// The two ways are told apart as they are: set_timesteps shifts the least sigma twice.
TEST(ConfigGrids, AShiftOfTheLeastSigmaIsToldAsItIs) {
  const std::string fields = R"("_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3)";
  const auto config = parse(fields, {.inference_steps = 4});
  EXPECT_NEAR(make_schedule(config.spec).sigma(1), 9 / 1008.0, 1e-12);
  EXPECT_NE(doubts_of(config).find("has \"shift\" twice, as set_timesteps gives it"),
            std::string::npos);
  const auto once = parse(fields, {.inference_steps = 4, .as_constructed = true});
  EXPECT_NEAR(make_schedule(once.spec).sigma(1), 3 / 1002.0, 1e-12);
  EXPECT_TRUE(once.doubts.empty());
}

}  // namespace
}  // namespace qsample
