// A tensor that is noised piece by piece has the bytes of one that is read whole.

#include "pipeline/jobs/pieces/noise_in_pieces.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "image/image_io.h"
#include "qsample/error.h"
#include "qsample/schedules/place.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

// Of such a shape, with samples that differ from their neighbours.
template <class T>
Image tensor(int items, int channels, int frames, int height, int width) {
  Image image;
  image.width = width;
  image.height = height;
  image.channels = channels;
  image.frames = frames;
  image.items = items;
  image.annotations.dimensions = 5;
  Planes<T> planes;
  planes.colour.resize(image.samples());
  std::uint32_t state = 1;
  for (T& sample : planes.colour) {
    state = state * 1664525 + 1013904223;
    sample = static_cast<T>(state >> 8) / (1 << 23) - 1;
  }
  image.planes = std::move(planes);
  return image;
}

class InPieces : public ::testing::Test {
 protected:
  void write(const Image& image, const std::string& name, const EncodeOptions& options) {
    std::string bytes;
    encode_image(image, *codec_for_extension(options.extension), options, name, [&](Bytes piece) {
      bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    });
    write_text(folder / name, bytes);
  }

  [[nodiscard]] NoiseJob job_for(const std::string& input) const {
    NoiseJob job;
    job.input = folder / input;
    job.seed = 5;
    job.t = 300;
    job.options.overwrite = true;
    job.output = folder / "xt.safetensors";
    job.reading.decoding.warn = [](const std::string& message) { ADD_FAILURE() << message; };
    return job;
  }

  // The bytes that a job writes to `names`.
  [[nodiscard]] std::vector<std::string> written(const NoiseJob& job, const ForwardProcess& process,
                                                 const std::vector<std::string>& names) const {
    noise_file(job, process, {.workers = 2});
    std::vector<std::string> all;
    all.reserve(names.size());
    for (const std::string& name : names) all.push_back(read_text(folder / name));
    return all;
  }

  // Does a job in both ways.
  void compare(NoiseJob job, const ForwardProcess& process, const std::vector<std::string>& names) {
    const auto whole = written(job, process, names);
    job.reading.decoding.most_at_once = 1000;
    const NoiseOutputs outputs = outputs_of(job);
    ASSERT_TRUE(large_tensor({&job, 1}, {&outputs, 1}, process));
    const auto pieces = written(job, process, names);
    for (std::size_t i = 0; i < names.size(); ++i) {
      EXPECT_TRUE(pieces[i] == whole[i]) << names[i];
      EXPECT_GT(whole[i].size(), 1000U);
    }
  }

  TemporaryFolder folder;
};

struct Shape {
  int items, channels, frames, height, width;
};

// Items cut into several pieces, and pieces of several items; of more channels than a piece holds.
constexpr Shape kShapes[] = {{2, 5, 3, 500, 200},
                             {300, 4, 1, 64, 64},
                             {1, 1, 1, 1500, 1000},
                             {3, 600000, 1, 1, 2},
                             {1, 20000, 1, 10, 13}};

TEST_F(InPieces, WritesTheBytesOfTheWholeInEachShapeAndLayout) {
  const ForwardProcess process(ScheduleSpec{});
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(shape.channels);
    const Image image =
        tensor<float>(shape.items, shape.channels, shape.frames, shape.height, shape.width);
    for (const Layout layout : {Layout::chw, Layout::hwc}) {
      write(image, "in.npy", {.extension = ".npy", .layout = layout});
      NoiseJob job = job_for("in.npy");
      job.options.layout = layout;
      compare(job, process, {"xt.safetensors"});
      job.output = folder / "xt.npy";
      compare(job, process, {"xt.npy"});
    }
  }
}

TEST_F(InPieces, HasTheSamePlaceBetweenTimesteps) {
  write(tensor<float>(2, 5, 3, 500, 200), "in.safetensors", {.extension = ".safetensors"});
  for (const PathKind path : {PathKind::shared, PathKind::markov}) {
    ForwardProcess process(ScheduleSpec{}, path);
    NoiseJob job = job_for("in.safetensors");
    job.t = put_place(process.schedule, process.spec, {PathPlace::Kind::sigma, 1.234});
    job.saved = {{find_target("eps"), folder / "eps.safetensors"}};
    compare(job, process, {"xt.safetensors", "eps.safetensors"});
  }
}

TEST_F(InPieces, KeepsTheDtypeOrChangesIt) {
  const ForwardProcess process(ScheduleSpec{});
  const Image floats = tensor<float>(1, 16, 1, 512, 300);
  const Image doubles = tensor<double>(1, 16, 1, 512, 300);
  for (const Dtype dtype : kDtypes) {
    SCOPED_TRACE(dtype_name(dtype));
    const bool is_double = dtype == Dtype::float64;
    write(is_double ? doubles : floats, "in.safetensors",
          {.extension = ".safetensors", .dtype = dtype});
    compare(job_for("in.safetensors"), process, {"xt.safetensors"});
    NoiseJob job = job_for("in.safetensors");
    job.options.dtype = is_double ? Dtype::float32 : Dtype::float64;
    job.reading.latent = {0.25, 0.125};
    compare(job, process, {"xt.safetensors"});
    if (is_double) {
      job.options.dtype = {};
      job.output = folder / "xt.npy";
      job.options.depth = 32;
      compare(job, process, {"xt.npy"});
      job.options.depth = 0;
      job.saved = {{find_target("v"), folder / "v.npy"}};
      compare(job, ForwardProcess(ScheduleSpec{}, PathKind::markov), {"xt.npy", "v.npy"});
      compare(job, ForwardProcess(ScheduleSpec{}, PathKind::shared, find_generator("torch")),
              {"xt.npy", "v.npy"});
    }
  }
}

TEST_F(InPieces, SavesTargetsAlongEachPathAndOfEachNoise) {
  const Image image = tensor<float>(2, 4, 1, 500, 400);
  write(image, "in.safetensors",
        {.extension = ".safetensors", .name = "latents", .others = {{"more", &image}}});
  NoiseJob job = job_for("in.safetensors");
  job.reading.decoding.tensor = "more";
  job.saved = {{find_target("eps"), folder / "xt.safetensors"},
               {find_target("v"), folder / "xt.safetensors"},
               {find_target("x0"), folder / "x0.npy"},
               {find_target("edm"), folder / "edm.safetensors"},
               {find_target("score"), folder / "edm.safetensors"}};
  const std::vector<std::string> names = {"xt.safetensors", "x0.npy", "edm.safetensors"};
  for (const PathKind path : {PathKind::shared, PathKind::markov, PathKind::independent}) {
    SCOPED_TRACE(path_name(path));
    compare(job, ForwardProcess(ScheduleSpec{}, path), names);
  }
  const std::string scalings = read_text(folder / "edm.json");
  EXPECT_NE(scalings.find("c_skip"), std::string::npos);
  for (const char* rng : {"torch", "numpy"}) {
    SCOPED_TRACE(rng);
    const ForwardProcess process(ScheduleSpec{}, PathKind::shared, find_generator(rng));
    job.draw = 1;
    compare(job, process, names);
  }
  NoiseAdditions additions;
  additions.offset = 0.1;
  additions.perturbation = 0.2;
  job.draw = 0;
  compare(job,
          ForwardProcess(ScheduleSpec{}, PathKind::shared, generators().front(), {}, additions),
          names);
}

// Header and samples of a .npy.
std::string npy(const std::string& form, const std::string& samples) {
  std::string header = "{'descr': " + form + ", }\n";
  const auto size = static_cast<char>(header.size());
  return std::string("\x93NUMPY\x01\0", 8) + size + '\0' + header + samples;
}

TEST_F(InPieces, MapsIntegersByTheirRange) {
  std::string samples(std::size_t{4} * 700 * 600, '\0');
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<char>(i * 7 % 251);
  write_text(folder / "in.npy",
             npy("'|u1', 'fortran_order': False, 'shape': (4, 700, 600)", samples));
  NoiseJob job = job_for("in.npy");
  job.reading.range = Range{0, 255};
  compare(job, ForwardProcess(ScheduleSpec{}), {"xt.safetensors"});
}

TEST_F(InPieces, AreWrittenForEachOfSeveralJobs) {
  write(tensor<float>(2, 4, 1, 500, 400), "in.npy", {.extension = ".npy"});
  std::vector<NoiseJob> jobs(2, job_for("in.npy"));
  jobs[0].output = folder / "a.safetensors";
  jobs[1].output = folder / "b.safetensors";
  jobs[1].t = 700;
  jobs[1].draw = 3;
  const ForwardProcess process(ScheduleSpec{});
  noise_files(jobs, process);
  const auto a = read_text(folder / "a.safetensors");
  const auto b = read_text(folder / "b.safetensors");
  for (NoiseJob& job : jobs) job.reading.decoding.most_at_once = 1000;
  std::vector<Result> told;
  noise_files(jobs, process,
              {.workers = 2, .on_result = [&](const Result& result) { told.push_back(result); }});
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].status, Result::Status::written);
  EXPECT_EQ(told[1].output, jobs[1].output);
  EXPECT_EQ(record_in(std::as_bytes(std::span(b)), "b"), told[1].record);
  EXPECT_TRUE(read_text(folder / "a.safetensors") == a);
  EXPECT_TRUE(read_text(folder / "b.safetensors") == b);
}

// What the whole way says of it.
std::string refusal_of(const NoiseJob& job) {
  try {
    noise_file(job, ForwardProcess(ScheduleSpec{}), {.workers = 3});
  } catch (const Error& e) {
    return e.what();
  }
  return "taken";
}

TEST_F(InPieces, AreRefusedAsTheWholeIsAndNothingIsWritten) {
  Image image = tensor<float>(2, 4, 1, 700, 600);
  auto& samples = std::get<Planes<float>>(image.planes).colour;
  for (const std::size_t at : {std::size_t{1} << 20, image.samples() - 2, image.samples() - 1}) {
    samples[at] = at % 2 == 0 ? std::nanf("") : std::numeric_limits<float>::infinity();
  }
  write(image, "in.npy", {.extension = ".npy"});
  NoiseJob job = job_for("in.npy");
  const std::string whole = refusal_of(job);
  job.reading.decoding.most_at_once = 1000;
  EXPECT_NE(whole.find("holds NaN, first at pixel ("), std::string::npos) << whole;
  EXPECT_EQ(refusal_of(job), whole);
  EXPECT_EQ(folder.entries(), 1U);
  const std::string bytes = read_text(job.input);
  write_text(job.input, bytes.substr(0, bytes.size() - 1));
  EXPECT_NE(refusal_of(job).find("in.npy: NPY image: it is truncated"), std::string::npos);
  write_text(job.input, bytes + "x");
  EXPECT_NE(refusal_of(job).find("there is more behind its end; `allow-damaged`"),
            std::string::npos);
  EXPECT_EQ(folder.entries(), 1U);
}

TEST_F(InPieces, WarnOfWhatIsHardlyX) {
  Image image = tensor<float>(2, 4, 1, 700, 600);
  auto& samples = std::get<Planes<float>>(image.planes).colour;
  samples.front() = -40;
  samples.back() = 200;
  write(image, "in.npy", {.extension = ".npy"});
  NoiseJob job = job_for("in.npy");
  std::vector<std::string> warnings;
  job.reading.decoding.warn = [&](const std::string& message) { warnings.push_back(message); };
  const ForwardProcess process(ScheduleSpec{});
  noise_file(job, process);
  job.reading.decoding.most_at_once = 1000;
  noise_file(job, process);
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_NE(warnings[0].find("samples from -40 to 200 are taken for x"), std::string::npos);
  EXPECT_EQ(warnings[1], warnings[0]);
}

TEST_F(InPieces, EndWhenTheyAreStopped) {
  write(tensor<float>(2, 4, 1, 700, 600), "in.npy", {.extension = ".npy"});
  NoiseJob job = job_for("in.npy");
  job.reading.decoding.most_at_once = 1000;
  std::atomic<bool> stop{false};
  RunOptions run{.workers = 2, .stop = &stop};
  run.progress = [&](const Headway& headway) {
    if (headway.counted == "rows noised") stop = true;
  };
  EXPECT_THROW(noise_file(job, ForwardProcess(ScheduleSpec{}), run), Interrupted);
  EXPECT_EQ(folder.entries(), 1U);
}

TEST_F(InPieces, AreNotForWhatNeedsTheWhole) {
  write(tensor<float>(2, 4, 1, 50, 60), "in.npy", {.extension = ".npy"});
  const ForwardProcess process(ScheduleSpec{});
  const auto is_large = [&](const std::function<void(NoiseJob&)>& change) {
    NoiseJob job = job_for("in.npy");
    job.reading.decoding.most_at_once = 1000;
    change(job);
    const NoiseOutputs outputs = outputs_of(job);
    return large_tensor({&job, 1}, {&outputs, 1}, process).has_value();
  };
  EXPECT_TRUE(is_large([](NoiseJob& /*job*/) {}));
  EXPECT_FALSE(is_large([&](NoiseJob& job) { job.output = folder / "xt.tiff"; }));
  EXPECT_FALSE(is_large([&](NoiseJob& job) { job.output = "-", job.options.format = "npy"; }));
  EXPECT_FALSE(is_large([](NoiseJob& job) { job.show = [](const Image&) {}; }));
  EXPECT_FALSE(is_large([](NoiseJob& job) { job.options.view = {32, 32}; }));
  EXPECT_FALSE(is_large([](NoiseJob& job) { job.reading.decoding.allow_damaged = true; }));
  EXPECT_FALSE(is_large([](NoiseJob& job) { job.reading.preparation.width = 8; }));
  EXPECT_FALSE(is_large([](NoiseJob& job) { job.reading.decoding.most_at_once = 1 << 20; }));
}

}  // namespace
}  // namespace qsample
