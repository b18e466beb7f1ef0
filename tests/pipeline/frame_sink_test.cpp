// A trajectory into sinks that are none of the program's.

#include <gtest/gtest.h>

#include <algorithm>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "files.h"
#include "pictures.h"
#include "pipeline/jobs/put_trajectory.h"
#include "temporary_folder.h"

namespace qsample {
namespace {

// Keeps the samples of the frames that it is given.
class Kept final : public FrameSink {
 public:
  explicit Kept(bool ordered, std::vector<int> there = {})
      : ordered_(ordered), there_(std::move(there)) {}

  [[nodiscard]] bool wants_order() const override { return ordered_; }
  [[nodiscard]] std::string_view format() const override { return "kept"; }
  [[nodiscard]] int depth(int /*input_depth*/) const override { return 32; }
  [[nodiscard]] std::size_t memory(const Footprint& /*frame*/) const override { return 0; }
  [[nodiscard]] std::optional<std::string> done(const FrameKey& key, const Hold&) override {
    const bool found = std::find(there_.begin(), there_.end(), key.t) != there_.end();
    return found ? std::optional(key.record) : std::nullopt;
  }
  bool put(const FrameKey& key, const Frame& frame, const RunOptions& /*run*/) override {
    const std::scoped_lock lock(mutex_);
    indices.push_back(key.index);
    ts.push_back(key.t);
    times.push_back(key.times);
    frames[key.t] = std::get<Planes<float>>(frame.image.planes).colour;
    return true;
  }
  void finish() override { ++finished; }

  std::vector<std::size_t> indices;
  std::vector<int> ts;
  std::vector<std::size_t> times;
  std::map<int, std::vector<float>> frames;
  int finished = 0;

 private:
  bool ordered_;
  std::vector<int> there_;
  std::mutex mutex_;
};

class FrameSinks : public testing::TestWithParam<PathKind> {
 protected:
  FrameSinks() {
    const std::vector<float> x0 = {-1, -0.5F, 0, 0.25F, 0.5F, 1};
    Image image{3, 2, 1, Planes<float>{x0, {}}};
    write_file(folder_ / "in.npy", encoded(image, kNpy, {.extension = ".npy"}), false);
    job.input = folder_ / "in.npy";
    for (int t = 0; t <= 1000; t += 40) job.ts.push_back(t);
  }

  void put(FrameSink& sink, int workers) {
    put_trajectory(job, ForwardProcess({}, GetParam()), sink, {.workers = workers});
  }

  TrajectoryJob job;

 private:
  TemporaryFolder folder_;
};

TEST_P(FrameSinks, GetTheSameFramesInOrderWhereTheyWantIt) {
  Kept one_by_one(false);
  put(one_by_one, 1);
  ASSERT_EQ(one_by_one.frames.size(), job.ts.size());
  for (const int workers : {1, 2, 5}) {
    Kept ordered(true);
    put(ordered, workers);
    for (std::size_t i = 0; i < job.ts.size(); ++i) ASSERT_EQ(ordered.indices.at(i), i);
    EXPECT_EQ(ordered.indices.size(), job.ts.size());
    EXPECT_EQ(ordered.frames, one_by_one.frames);
    EXPECT_EQ(ordered.finished, 1);
    Kept any(false);
    put(any, workers);
    EXPECT_EQ(any.frames, one_by_one.frames);
  }
}

TEST_P(FrameSinks, GetAFilmThatGoesBackWithTheSameFrames) {
  Kept folder(false);
  put(folder, 1);
  job.film = {.fps = 10, .hold = 0.2, .boomerang = true};
  const std::size_t way = job.ts.size();
  job.ts.insert(job.ts.begin() + 3, job.ts[3]);  // twice, of which one is made
  for (const int workers : {1, 3}) {
    Kept film(true);
    put(film, workers);
    EXPECT_EQ(film.frames, folder.frames);
    ASSERT_EQ(film.ts.size(), 2 * way - 1);
    EXPECT_TRUE(std::is_sorted(film.ts.begin(), film.ts.begin() + static_cast<int>(way)));
    EXPECT_TRUE(std::equal(film.ts.begin(), film.ts.end(), film.ts.rbegin()));
    EXPECT_EQ(film.times[0], 3U);
    EXPECT_EQ(film.times[3], 2U);
    EXPECT_EQ(film.times[way - 1], 3U);
    EXPECT_EQ(film.times.back(), 3U);
  }
}

TEST_P(FrameSinks, AreNotGivenWhatTheyHave) {
  job.options.resume = true;
  for (const bool ordered : {false, true}) {
    Kept sink(ordered, {0, 80, 1000});
    put(sink, 2);
    EXPECT_EQ(sink.frames.size(), job.ts.size() - 3);
    EXPECT_FALSE(sink.frames.contains(80));
    EXPECT_EQ(sink.indices.size(), job.ts.size() - 3);
  }
}

INSTANTIATE_TEST_SUITE_P(EachPath, FrameSinks,
                         testing::Values(PathKind::shared, PathKind::markov, PathKind::independent),
                         [](const auto& kind) { return std::string(path_name(kind.param)); });

}  // namespace
}  // namespace qsample
