// Whole images as peers noise them: their scheduler, their seed, their numbers.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "files/read_file.h"
#include "image/image_io.h"
#include "peers/diffusers/scheduler_config.h"
#include "qsample/error.h"
#include "qsample/jobs/noise_file.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Their schedule: through scheduler_config.json where the case is a scheduler of diffusers.
ScheduleSpec spec_of(const Json& one) {
  const std::string scheduler = one.at("scheduler");
  Json given = one.at("parameters");
  if (scheduler != "GaussianDiffusion") {
    given["_class_name"] = scheduler;
    auto spec = parse_scheduler_config(given.dump(), "scheduler_config.json").spec;
    return spec;
  }
  const std::string name =
      given.value("beta_schedule", given.value("schedule_name", std::string()));
  ScheduleSpec spec{.name = name == "sigmoid" ? "sigmoid-jabri" : name, .steps = one.at("T")};
  if (name == "quad") {
    spec.parameters = {{"beta-start", given.at("beta_start")}, {"beta-end", given.at("beta_end")}};
  }
  return spec;
}

// t as the case means it. Its sigma_index counts down from the most noise at 0.
int timestep_of(const Json& one, int steps) {
  if (one.contains("timestep_one_based")) return one.at("timestep_one_based");
  return steps - one.at("sigma_index").get<int>();
}

// A folder of cases: those in tests/data, and all of them where there are more.
struct Cases {
  const char* folder;
  std::size_t count;
  bool kept;
};

class PeersEndToEnd : public ::testing::TestWithParam<Cases> {
 protected:
  void SetUp() override {
    if (!GetParam().kept && !fs::exists(oracle)) {
      GTEST_SKIP() << "the cases beyond those of tests/data: there is no " << oracle;
    }
    cases = Json::parse(read_text(oracle / "cases.json")).at("cases");
    ASSERT_EQ(cases.size(), GetParam().count);
  }

  // Noises the case's input and compares with the peer's tensor and picture.
  void check(const Json& one, bool single_precision, double tolerance) {
    auto spec = spec_of(one);
    if (single_precision) spec.precision = Precision::float32;
    const ForwardProcess process(spec, PathKind::shared, find_generator("torch"));
    NoiseJob job;
    job.input = oracle / one.at("input").get<std::string>();
    job.t = timestep_of(one, process.schedule.steps());
    job.seed = one.at("seed");
    job.output = folder / "xt.npy";
    job.options.overwrite = true;
    noise_file(job, process);
    job.output = folder / "xt.png";
    noise_file(job, process);

    const auto xt = floats(folder / "xt.npy");
    const auto expected = floats(oracle / one.at("x_t").get<std::string>());
    ASSERT_EQ(xt.size(), expected.size());
    const double scale = std::max(1.0, one.at("sigma_float32").get<double>());
    for (std::size_t i = 0; i < xt.size(); ++i)
      ASSERT_NEAR(xt[i], expected[i], tolerance * scale) << i;

    const auto pixels = bytes(folder / "xt.png");
    const auto their_pixels = bytes(oracle / one.at("png").get<std::string>());
    ASSERT_EQ(pixels.size(), their_pixels.size());
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      ASSERT_NEAR(pixels[i], their_pixels[i], 1);
      off_by_one += pixels[i] == their_pixels[i] ? 0 : 1;
    }
    samples += pixels.size();
  }

  static std::vector<float> floats(const std::string& path) {
    return std::get<2>(decode_image(read_file(path), path).planes).colour;
  }
  static std::vector<std::uint8_t> bytes(const std::string& path) {
    return std::get<0>(decode_image(read_file(path), path).planes).colour;
  }

  const fs::path oracle = fs::path(GetParam().folder) / "end-to-end";
  Json cases;
  TemporaryFolder folder;
  std::size_t off_by_one = 0;
  std::size_t samples = 0;
};

TEST_P(PeersEndToEnd, AreMetInFloat64) {
  for (const Json& one : cases) {
    SCOPED_TRACE(one.at("x_t").get<std::string>());
    check(one, false, 5e-6);  // float32 schedules alone differ by 3.6e-6
  }
  EXPECT_LE(off_by_one * 10'000, samples);
}

TEST_P(PeersEndToEnd, AreMetCloserInFloat32) {
  for (const Json& one : cases) {
    const std::string scheduler = one.at("scheduler");
    if (scheduler != "DDPMScheduler" && scheduler != "DDIMScheduler") continue;
    SCOPED_TRACE(one.at("x_t").get<std::string>());
    check(one, true, 1.5e-6);  // what is left is the noise's own tolerance
  }
  EXPECT_LE(off_by_one * 10'000, samples);
}

// Noise that is drawn once for an image goes along no path that needs more; it is told as it was
// asked for.
TEST(ForwardProcess, RefusesPathsThatItsNoiseHasNoStreamsFor) {
  for (const Generator& generator : generators()) {
    for (const PathKind path : {PathKind::shared, PathKind::markov, PathKind::independent}) {
      try {
        const ForwardProcess process({}, path, generator);
        EXPECT_TRUE(generator.has_steps || path == PathKind::shared) << generator.name;
      } catch (const InvalidArgument& e) {
        EXPECT_FALSE(generator.has_steps || path == PathKind::shared) << generator.name;
        EXPECT_EQ(e.parameter(), "rng");
        EXPECT_EQ(std::string(e.what()),
                  "`rng` " + std::string(generator.name) +
                      " draws one noise for an image: use `path` shared, not " +
                      std::string(path_name(path)));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kept, PeersEndToEnd, ::testing::Values(Cases{QSAMPLE_TEST_DATA, 5, true}));
INSTANTIATE_TEST_SUITE_P(Oracle, PeersEndToEnd,
                         ::testing::Values(Cases{QSAMPLE_ORACLE, 20, false}));

}  // namespace
}  // namespace qsample
