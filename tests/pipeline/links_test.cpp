// Whatever links there are among inputs, outputs and lists: no byte of an input changes, no output
// is lost without a word, and a job that is refused has touched nothing.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "files.h"
#include "image/image_io.h"
#include "pictures.h"
#include "pipeline/record/record.h"
#include "qsample/jobs/batch.h"
#include "qsample/jobs/noise_file.h"
#include "qsample/jobs/trajectory.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kFarms = 600;
constexpr int kT = 500;

const std::vector<std::string> kFolders = {"a", "b", "a/c", "new", "a/new"};
const std::vector<std::string> kNames = {"x.png", "y.png", "e.npy", "x_t0000.png", "x_t0500.png"};

// Folders, images, hard links and symbolic links that lead to files, to folders, to nothing and in
// circles, under few names.
class Farm {
 public:
  explicit Farm(unsigned seed) : random_(seed) {
    for (const char* name : {"a", "b", "a/c"}) fs::create_directories(at(name));
    for (int i = 0; i < 2; ++i) {
      try_to([&] { fs::create_symlink(target(any(kFolders)), at(any(kLinkedFolders))); });
    }
    for (int i = 0; i < 6; ++i) put_image(4 + i);
    for (int i = 0; i < 7; ++i)
      try_to([&] { fs::create_symlink(target(any_name()), at(any_name())); });
    for (int i = 0; i < 2; ++i)
      try_to([&] { fs::create_hard_link(at(any_name()), at(any_name())); });
  }

  [[nodiscard]] bool chance(int percent) { return below(100) < percent; }
  /// A file's path by one of its folder's names; it need not be there.
  [[nodiscard]] std::string any_file() { return at(any_name()); }
  /// One that is there, in most cases.
  [[nodiscard]] std::string any_input() {
    std::string path = any_file();
    std::error_code unknown;
    for (int i = 0; i < 40 && !fs::is_regular_file(path, unknown); ++i) path = any_file();
    return path;
  }
  [[nodiscard]] std::string any_folder() { return at(any(chance(60) ? kFolders : kLinkedFolders)); }
  [[nodiscard]] std::string any_relative() {
    return chance(80) ? any(kNames) : any({"c", "new"}) + "/" + any(kNames);
  }
  [[nodiscard]] int below(int end) { return std::uniform_int_distribution(0, end - 1)(random_); }

  /// A link at `path`, if that is free.
  static void link(const std::string& target, const std::string& path) {
    try_to([&] { fs::create_symlink(target, path); });
  }

  /// Every name with what it stands for.
  [[nodiscard]] std::map<std::string, std::string> everything() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / ".")) {
      auto& what = all[entry.path().string()];
      if (entry.is_symlink()) {
        what = "-> " + fs::read_symlink(entry).string();
      } else if (entry.is_regular_file()) {
        what = read_text(entry.path().string());
      }
    }
    return all;
  }

 private:
  static const std::vector<std::string> kLinkedFolders;

  [[nodiscard]] std::string at(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::string any(const std::vector<std::string>& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
  }
  [[nodiscard]] std::string any_name() {
    return any(chance(70) ? kFolders : kLinkedFolders) + "/" + any(kNames);
  }
  [[nodiscard]] std::string target(const std::string& name) {
    return chance(50) ? at(name) : (chance(50) ? "../" : "") + name;
  }
  void put_image(int width) {
    const std::string path = any_file();
    std::error_code unknown;
    if (fs::exists(path, unknown) || !fs::is_directory(fs::path(path).parent_path(), unknown))
      return;
    const Image image = picture<std::uint8_t>(width, 2, 3, false);
    write_file(path, encoded(image, *codec_for_extension(".png"), {".png"}), true);
  }
  template <class Action>
  static void try_to(const Action& action) {
    try {
      action();
    } catch (const std::exception&) {  // the name is taken, or there is nothing to link to
    }
  }

  TemporaryFolder folder_;
  std::mt19937 random_;
};

const std::vector<std::string> Farm::kLinkedFolders = {"d", "b/f"};

// The files that are there before a job, by what they really are, and what is in them.
class Inputs {
 public:
  void add(const std::string& path) {
    std::error_code missing;
    const auto real = fs::canonical(path, missing);
    if (!missing && fs::is_regular_file(real)) files_[real] = read_text(real.string());
  }
  void expect_unchanged() const {
    for (const auto& [path, content] : files_) EXPECT_EQ(read_text(path.string()), content) << path;
  }

 private:
  std::map<fs::path, std::string> files_;
};

// Whether `output` was made of the image `input` as it is now.
bool is_made_of(const std::string& output, const std::string& input, std::uint64_t seed) {
  std::error_code missing;
  if (!fs::is_regular_file(output, missing) || !fs::is_regular_file(input, missing)) return false;
  try {
    const auto record = record_in(read_file(output), output);
    if (!record) return false;
    const auto json = nlohmann::json::parse(*record);
    return json["source-xxh3"] == fmt::format("{:016x}", hash_of(read_file(input))) &&
           json["t"] == kT && json["seed"] == std::to_string(seed);
  } catch (const Error&) {
    return false;
  }
}

struct Tally {
  int refused = 0;
  int done = 0;
};

// Runs `work`, which may refuse to begin, but only with nothing touched.
template <class Work>
bool begins(const Farm& farm, Tally& tally, const Work& work) {
  const auto before = farm.everything();
  try {
    work();
  } catch (const InvalidArgument&) {
    EXPECT_EQ(farm.everything(), before);
    ++tally.refused;
    return false;
  } catch (const Error&) {  // told
    return false;
  }
  ++tally.done;
  return true;
}

OutputOptions any_options(Farm& farm) {
  OutputOptions options;
  options.overwrite = farm.chance(70);
  options.resume = farm.chance(30);
  return options;
}

void add_other_inputs(Farm& farm, std::vector<OtherInput>& others, Inputs& inputs) {
  if (!farm.chance(40)) return;
  others.push_back({farm.any_input(), "the schedule"});
  inputs.add(others.back().path);
}

void expect_no_temporaries(const Farm& farm) {
  for (const auto& [name, what] : farm.everything()) {
    EXPECT_EQ(name.find(".qsample-"), std::string::npos) << name;
  }
}

class FarmOfLinks : public ::testing::Test {
 protected:
  void TearDown() override {
    // Else the farms show nothing.
    EXPECT_GT(tally.refused, 20);
    EXPECT_GT(tally.done, 20);
  }

  const ForwardProcess process{ScheduleSpec{}};
  Tally tally;
};

TEST_F(FarmOfLinks, Batch) {
  std::size_t written = 0;
  for (unsigned seed = 0; seed < kFarms; ++seed) {
    SCOPED_TRACE("farm " + std::to_string(seed));
    Farm farm(seed);
    Inputs inputs;
    BatchJob job;
    for (int i = farm.below(3); i >= 0; --i) {
      job.inputs.push_back({farm.any_input(), farm.any_relative()});
      inputs.add(job.inputs.back().path);
    }
    job.output = farm.any_folder();
    job.timesteps.ts = {kT};
    job.options = any_options(farm);
    if (farm.chance(50)) job.manifest = farm.any_file();
    const int workers = 1 + farm.below(2);
    add_other_inputs(farm, job.other_inputs, inputs);
    BatchResult result;
    std::size_t told = 0;
    const bool begun = begins(farm, tally, [&] {
      const auto tell = [&](const std::string& message, bool /*repeated*/) {
        told += message.find("more outputs exist already") == std::string::npos ? 1 : 0;
      };
      result = run_batch(job, process, tell, {.workers = workers});
    });
    inputs.expect_unchanged();
    expect_no_temporaries(farm);
    if (!begun) continue;
    std::size_t made = 0;
    for (const auto& input : job.inputs) {
      const auto output =
          (fs::path(job.output) / fs::path(input.relative).replace_extension("png"));
      made += is_made_of(output.string(), input.path, file_seed(input.relative, 0)) ? 1 : 0;
    }
    EXPECT_EQ(made, result.written + result.kept);
    EXPECT_EQ(made + result.failed, job.inputs.size());
    EXPECT_EQ(told, result.failed + (result.unsaved ? 1 : 0));
    if (!job.manifest.empty() && !result.unsaved) {
      const auto lines = read_text(job.manifest);
      EXPECT_EQ(static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')),
                job.inputs.size());
    }
    written += result.written;
  }
  EXPECT_GT(written, 50U);
}

TEST_F(FarmOfLinks, Noise) {
  for (unsigned seed = 0; seed < kFarms; ++seed) {
    SCOPED_TRACE("farm " + std::to_string(seed));
    Farm farm(seed);
    Inputs inputs;
    NoiseJob job;
    job.input = farm.any_input();
    job.output = farm.any_file();
    job.t = kT;
    if (!job.output.ends_with(".png")) job.output += ".png";
    inputs.add(job.input);
    job.options.overwrite = farm.chance(80);
    for (int i = farm.below(3); i > 0; --i) {
      auto path = farm.any_file();
      if (!path.ends_with(".npy")) path += ".npy";
      job.saved.push_back({find_target(i == 1 ? "eps" : "x0"), path});
    }
    add_other_inputs(farm, job.other_inputs, inputs);
    const bool done = begins(farm, tally, [&] { noise_file(job, process); });
    inputs.expect_unchanged();
    expect_no_temporaries(farm);
    if (!done) continue;
    EXPECT_TRUE(is_made_of(job.output, job.input, 0));
    for (const auto& saved : job.saved) {
      EXPECT_EQ(read_text(saved.path).substr(1, 5), "NUMPY") << saved.path;
    }
  }
}

TEST_F(FarmOfLinks, Trajectory) {
  for (unsigned seed = 0; seed < kFarms; ++seed) {
    SCOPED_TRACE("farm " + std::to_string(seed));
    Farm farm(seed);
    Inputs inputs;
    TrajectoryJob job;
    job.input = farm.any_input();
    job.output = farm.any_folder();
    job.ts = {0, kT, 1000};
    job.options = any_options(farm);
    inputs.add(job.input);
    add_other_inputs(farm, job.other_inputs, inputs);
    const auto frame_of = [&](int t) {
      return (fs::path(job.output) / frame_name(job.input, t, 1000, ".png")).string();
    };
    if (farm.chance(30)) Farm::link(farm.any_input(), frame_of(1000));
    if (farm.chance(30)) Farm::link(frame_of(kT), frame_of(0));
    const bool done = begins(farm, tally, [&] { write_trajectory(job, process); });
    inputs.expect_unchanged();
    expect_no_temporaries(farm);
    if (!done) continue;
    EXPECT_TRUE(is_made_of(frame_of(kT), job.input, 0));
    for (const int t : job.ts) {
      const auto record = record_in(read_file(frame_of(t)), frame_of(t));
      ASSERT_TRUE(record) << frame_of(t);
      EXPECT_NE(record->find("\"t\":" + std::to_string(t) + ","), std::string::npos) << *record;
    }
  }
}

}  // namespace
}  // namespace qsample
