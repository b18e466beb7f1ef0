#include "qsample/jobs/noise_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "files/read_file.h"
#include "image/image_io.h"
#include "pictures.h"
#include "qsample/error.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

class NoiseFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<float> floats(const std::string& name) const {
    const std::string path = folder / name;
    return std::get<Planes<float>>(decode_image(read_file(path), path).planes).colour;
  }

  [[nodiscard]] Json record(const std::string& name) const {
    const std::string path = folder / name;
    return parse_json(record_in(read_file(path), path).value());
  }

  // Writes a picture, and returns the job that reads it.
  template <class T>
  NoiseJob job_for(const char* input) {
    const std::string path = folder / input;
    const auto extension = path.substr(path.rfind('.'));
    write_text(path, {});
    std::string bytes;
    encode_image(picture<T>(5, 3, 3, false), *codec_for_extension(extension), {extension}, path,
                 [&](Bytes piece) {
                   bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
                 });
    write_text(path, bytes);
    NoiseJob job;
    job.input = path;
    job.seed = 5;
    return job;
  }

  [[nodiscard]] Image image(const std::string& name) const {
    const std::string path = folder / name;
    return decode_image(read_file(path), path);
  }

  TemporaryFolder folder;
};

// x_t = alpha x_0 + sigma eps, and v of x_0 and eps: out of what is saved, whatever the path.
TEST_F(NoiseFile, SavesWhatXtIsMadeOf) {
  struct Case {
    ScheduleSpec spec;
    const char* formula;
    double x0, eps;  // factors of v at t = 40
  };
  const Case cases[] = {
      {{.name = "jsd", .steps = 100}, "alpha eps - sigma x0", -std::sqrt(0.4), std::sqrt(0.6)},
      {{.name = "flow", .steps = 100}, "eps - x0", -1, 1},
      {{.name = "jsd", .steps = 80}, "alpha eps - sigma x0", -std::sqrt(0.5), std::sqrt(0.5)},
      {{.name = "exponential", .steps = 79, .parameters = {{"sigma-min", 0.5}, {"sigma-max", 2}}},
       "(eps - sigma x0) / sqrt(1 + sigma^2)",
       -std::sqrt(0.5),
       std::sqrt(0.5)},
  };
  for (const Case& one : cases) {
    for (const auto path : {PathKind::shared, PathKind::markov, PathKind::independent}) {
      SCOPED_TRACE(one.spec.name + " " + std::string(path_name(path)));
      const ForwardProcess process(one.spec, path);
      NoiseJob job = job_for<std::uint8_t>("in.png");
      job.t = 40;
      job.output = folder / "xt.npy";
      job.options.overwrite = true;
      job.saved = {{find_target("x0"), folder / "x0.npy"},
                   {find_target("eps"), folder / "eps.npy"},
                   {find_target("v"), folder / "v.npy"},
                   {find_target("v"), folder / "v.safetensors"}};
      noise_file(job, process);
      const auto xt = floats("xt.npy");
      const auto x0 = floats("x0.npy");
      const auto eps = floats("eps.npy");
      const auto v = floats("v.npy");
      for (std::size_t i = 0; i < xt.size(); ++i) {
        const Mix mix = process.schedule.mix(40);
        EXPECT_NEAR(xt[i], mix.x0 * x0[i] + mix.eps * eps[i], 2e-6);
        EXPECT_NEAR(v[i], one.x0 * x0[i] + one.eps * eps[i], 2e-6);
      }
      EXPECT_EQ(record("v.safetensors").at("saved").at("v"), one.formula);
    }
  }
}

TEST_F(NoiseFile, RefusesTargetsThatDoNotExist) {
  NoiseJob job = job_for<std::uint8_t>("in.png");
  job.output = folder / "xt.npy";
  job.saved = {{find_target("v"), folder / "v.npy"}};
  job.t = 1;
  const ForwardProcess scaled(
      {.name = "gamma-linear", .steps = 10, .parameters = {{"input-scale", 0.5}}});
  EXPECT_THROW(noise_file(job, scaled), InvalidArgument);
  job.t = 0;
  EXPECT_THROW(noise_file(job, ForwardProcess({}, PathKind::markov)), InvalidArgument);
  EXPECT_EQ(folder.entries(), 1U);
  // Drawn noise is there at t = 0 as well: v of a flow is eps - x_0, and of DDPM's eps itself.
  job.saved.push_back({find_target("eps"), folder / "eps.npy"});
  noise_file(job, ForwardProcess(ScheduleSpec{}));
  EXPECT_EQ(floats("v.npy"), floats("eps.npy"));
  EXPECT_NE(floats("eps.npy")[0], 0);
}

// 12 bits in 16: 0 and 4095 are -1 and 1, and the depth of the output is still the input's.
TEST_F(NoiseFile, TakesTheInputRangeOfIntegers) {
  NoiseJob job = job_for<std::uint16_t>("in.png");
  job.reading.range = Range{1000, 3000};
  job.reading.decoding.warn = [&](const std::string& message) {
    EXPECT_NE(message.find("in.png: samples are outside `input-range` 1000,3000"),
              std::string::npos);
  };
  job.output = folder / "x.npy";
  const ForwardProcess process(ScheduleSpec{});
  noise_file(job, process);
  const auto pixels = std::get<1>(image("in.png").planes).colour;
  const auto x = floats("x.npy");
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(x[i], (pixels[i] - 2000.0) / 1000, 1e-5);
  }
  job.output = folder / "x.png";
  noise_file(job, process);
  ASSERT_EQ(image("x.png").depth(), 16);
  const auto out = std::get<1>(image("x.png").planes).colour;
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(out[i], std::clamp((x[i] + 1.0) / 2, 0.0, 1.0) * 65535, 0.51);
  }
  EXPECT_EQ(record("x.png").at("input-range"), Json({1000.0, 3000.0}));

  // The whole range said in words is the default: the same pixels at t = 0.
  job.reading.range = Range{0, 65535};
  job.reading.decoding.warn = [](const std::string& message) { FAIL() << message; };
  job.output = folder / "same.png";
  noise_file(job, process);
  EXPECT_TRUE(same_pixels(image("same.png"), image("in.png")));
}

TEST_F(NoiseFile, DoubtsSamplesThatAreHardlyX) {
  std::string said;
  NoiseJob job = job_for<float>("in.npy");
  job.reading.decoding.warn = [&](const std::string& message) { said += message; };
  job.output = folder / "out.npy";
  job.options.overwrite = true;
  const ForwardProcess process(ScheduleSpec{});
  noise_file(job, process);  // in [-2, 2]
  EXPECT_EQ(said, "");
  job.reading.range = Range{-0.01F, 0.01F};
  noise_file(job, process);
  EXPECT_NE(said.find("outside `input-range` -0.01,0.01"), std::string::npos);
  said.clear();
  job.reading.range.reset();
  job.input = job.output;
  job.output = folder / "again.npy";
  noise_file(job, process);
  EXPECT_NE(said.find("are taken for x, which is mostly in [-1, 1]; `input-range` LO,HI says"),
            std::string::npos);
}

TEST_F(NoiseFile, KeepsTheLayoutOfATensor) {
  NoiseJob job = job_for<float>("in.npy");
  const auto shape = [&](const char* name) {
    const std::string text = read_text(folder / name);
    const auto at = text.find("'shape': ");
    return text.substr(at + 9, text.find(')', at) - at - 8);
  };
  const ForwardProcess process(ScheduleSpec{});
  job.output = folder / "hwc.npy";
  job.options.layout = Layout::hwc;
  noise_file(job, process);
  EXPECT_EQ(shape("hwc.npy"), "(3, 5, 3)");
  job.options.layout.reset();
  job.output = folder / "chw.npy";
  noise_file(job, process);
  EXPECT_EQ(shape("chw.npy"), "(3, 3, 5)");

  const TemporaryFolder wide;  // a side that is no number of channels
  Image image = picture<float>(7, 4, 3, false);
  image.annotations.layout = Layout::hwc;
  std::string bytes;
  encode_image(image, kNpy, {".npy"}, "wide.npy", [&](Bytes piece) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  });
  write_text(wide / "wide.npy", bytes);
  job.input = wide / "wide.npy";
  for (const auto& [layout, expected] :
       {std::pair<std::optional<Layout>, const char*>{std::nullopt, "(4, 7, 3)"},
        {Layout::chw, "(3, 4, 7)"},
        {Layout::hwc, "(4, 7, 3)"}}) {
    job.options.layout = layout;
    job.options.overwrite = true;
    job.output = folder / "kept.npy";
    noise_file(job, process);
    EXPECT_EQ(shape("kept.npy"), expected);
  }
}

}  // namespace
}  // namespace qsample
