#include "qsample/generators.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "qsample/error.h"
#include "qsample/path.h"
#include "qsample/peer_noise.h"

namespace qsample {
namespace {

constexpr NoiseShape kShape{.width = 37, .height = 11, .channels = 3};

class EachGenerator : public ::testing::TestWithParam<Generator> {
 protected:
  [[nodiscard]] static std::vector<float> filled(const NoiseSource& noise, std::uint32_t step,
                                                 std::uint64_t first, std::size_t count) {
    std::vector<float> eps(count);
    noise.fill(step, first, eps);
    return eps;
  }

  const std::unique_ptr<NoiseSource> noise = GetParam().make(5, kShape, 0);
};
INSTANTIATE_TEST_SUITE_P(, EachGenerator, ::testing::ValuesIn(generators()), [](const auto& row) {
  std::string name(row.param.name);
  std::erase(name, '-');
  return name;
});

TEST_P(EachGenerator, SliceEqualsTheSliceOfTheWhole) {
  const auto whole = filled(*noise, 0, 0, kShape.samples());
  for (const std::size_t first :
       {std::size_t{0}, std::size_t{1}, std::size_t{64}, std::size_t{700}, kShape.samples()}) {
    for (std::size_t count : {0U, 1U, 63U, 500U}) {
      count = std::min(count, whole.size() - first);
      const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(first);
      EXPECT_EQ(filled(*noise, 0, first, count),
                std::vector(begin, begin + static_cast<std::ptrdiff_t>(count)))
          << first << ", " << count;
    }
  }
}

TEST_P(EachGenerator, IsFoundByItsName) {
  EXPECT_EQ(find_generator(GetParam().name).make, GetParam().make);
}

TEST_P(EachGenerator, DependsOnTheSeedAlone) {
  const auto again = GetParam().make(5, kShape, 0);
  const auto other = GetParam().make(6, kShape, 0);
  const auto whole = filled(*noise, 0, 0, kShape.samples());
  EXPECT_EQ(filled(*again, 0, 0, kShape.samples()), whole);
  EXPECT_NE(filled(*other, 0, 0, kShape.samples()), whole);
}

TEST_P(EachGenerator, HasAStreamForEachStepOrRefusesOthers) {
  const auto schedule = make_schedule({.steps = 10});
  const std::vector<int> ts = {4, 9};
  std::map<int, std::vector<float>> drawn;
  const auto visit = [&](PathKind kind) {
    drawn.clear();
    NoisePath(schedule, *noise, kind).visit(ts, 3, 99, [&](int t, Mix, std::span<const float> eps) {
      drawn[t].assign(eps.begin(), eps.end());
    });
  };
  visit(PathKind::shared);
  EXPECT_EQ(drawn[4], filled(*noise, 0, 3, 99));
  EXPECT_EQ(drawn[9], drawn[4]);
  if (!GetParam().has_steps) {
    EXPECT_THROW(visit(PathKind::independent), InvalidArgument);
    EXPECT_THROW(visit(PathKind::markov), InvalidArgument);
    return;
  }
  visit(PathKind::independent);
  for (const int t : ts) {
    EXPECT_EQ(drawn[t], filled(*noise, static_cast<std::uint32_t>(t), 3, 99)) << t;
  }
  EXPECT_NE(drawn[9], drawn[4]);
}

// What is drawn once holds what its row says, and ends with the image.
TEST_P(EachGenerator, HoldsAnImageOrNothing) {
  if (GetParam().memory_per_sample == 0) {
    EXPECT_EQ(filled(*noise, 0, std::uint64_t{1} << 40, 3).size(), 3);
    return;
  }
  EXPECT_THROW((void)filled(*noise, 0, 1, kShape.samples()), InvalidArgument);
  EXPECT_THROW((void)filled(*noise, 0, ~std::uint64_t{0}, 2), InvalidArgument);
}

TEST_P(EachGenerator, IsGaussianNoiseOfTheSeedThatItSays) {
  const auto key = noise->philox_key(7);
  EXPECT_EQ(key.has_value(), GetParam().name == "philox");
  if (!key) return;
  std::vector<float> eps(100);
  gaussian_noise(*key, 13, eps);
  EXPECT_EQ(filled(*noise, 7, 13, 100), eps);
}

// (y * width + x) * C + c of the image is (c * height + y) * width + x of the tensor.
TEST(Generators, TurnThePlanesOfPeersIntoImages) {
  const std::map<std::string, std::function<void(std::span<float>)>> peers = {
      {"torch", [](std::span<float> out) { TorchGenerator(5).randn(out); }},
      {"torch-cuda", [](std::span<float> out) { torch_cuda_randn(5, out); }},
      {"numpy", [](std::span<float> out) { numpy_standard_normal(5, out); }},
  };
  EXPECT_EQ(peers.size() + 2, generators().size());
  for (const auto& [name, draw] : peers) {
    std::vector<float> planar(kShape.samples());
    draw(planar);
    std::vector<float> image(kShape.samples());
    find_generator(name).make(5, kShape, 0)->fill(0, 0, image);
    const std::size_t pixels = image.size() / 3;
    for (std::size_t i = 0; i < image.size(); ++i) {
      ASSERT_EQ(image[i], planar[i % 3 * pixels + i / 3]) << name << ' ' << i;
    }
  }
}

// Draw k is what the peer's generator gives after k others of the same shape.
TEST(Generators, GoOnFromDrawToDraw) {
  for (const NoiseShape shape :
       {kShape, NoiseShape{5, 1, 3}, NoiseShape{3, 2, 1}, NoiseShape{4, 4, 1}}) {
    TorchGenerator torch(5);
    std::vector<float> numpy(3 * shape.samples());
    numpy_standard_normal(5, numpy);
    for (std::uint32_t draw = 0; draw < 3; ++draw) {
      std::vector<float> planar(shape.samples());
      std::vector<float> image(shape.samples());
      const auto check = [&](const char* name) {
        find_generator(name).make(5, shape, draw)->fill(0, 0, image);
        const auto channels = static_cast<std::size_t>(shape.channels);
        const std::size_t pixels = image.size() / channels;
        for (std::size_t i = 0; i < image.size(); ++i) {
          ASSERT_EQ(image[i], planar[i % channels * pixels + i / channels])
              << name << " draw " << draw << " sample " << i;
        }
      };
      torch.randn(planar);
      check("torch");
      std::copy_n(numpy.begin() + static_cast<std::ptrdiff_t>(draw * shape.samples()),
                  shape.samples(), planar.begin());
      check("numpy");
    }
  }
  for (const Generator& generator : generators()) {
    if (generator.has_draws) continue;
    EXPECT_THROW((void)generator.make(5, kShape, 1), InvalidArgument) << generator.name;
  }
}

TEST(Generators, AreKnownByNameAlone) {
  try {
    (void)find_generator("tosch");
    FAIL();
  } catch (const InvalidArgument& e) {
    EXPECT_STREQ(e.what(),
                 "unknown noise 'tosch'; known are philox, torch, torch-cuda, numpy, numpy-legacy");
  }
}

TEST(Generators, RefuseWhatDependsOnTheDevice) {
  EXPECT_THROW((void)find_generator("torch-cuda").make(0, {1024, 1024, 1}, 0), InvalidArgument);
}

}  // namespace
}  // namespace qsample
