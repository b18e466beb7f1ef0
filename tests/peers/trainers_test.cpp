// What trainers add to the noise, against their own code (arrays of kohya-ss/sd-scripts at 48d368f,
// huggingface/diffusers at 58eb52c, Nerogar/OneTrainer at 23df383), and of our own noise against
// its definition.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/npy.h"
#include "core/reference.h"
#include "qsample/error.h"
#include "qsample/schedule.h"
#include "qsample/trainers/noise_additions.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

constexpr NoiseShape kSmall{.width = 48, .height = 32, .channels = 3};
constexpr NoiseShape kLatent{.width = 64, .height = 64, .channels = 4};

struct Case {
  const char* name;
  NoiseShape shape;
  std::uint64_t seed;
  NoiseAdditions additions;
  bool kept = false;  // in tests/data
};

const Case kCases[] = {
    {"diffusers-offset_1x4x64x64", kLatent, 42, {.offset = 0.1}},
    {"diffusers-offset_1x3x32x48", kSmall, 7, {.offset = 0.05}},
    {"diffusers-perturbation_1x4x64x64", kLatent, 43, {.perturbation = 0.1}},
    {"diffusers-perturbation_1x3x32x48", kSmall, 8, {.perturbation = 0.1}},
    {"diffusers-offset-perturbation_1x3x32x48",
     kSmall,
     9,
     {.offset = 0.1, .perturbation = 0.1},
     true},
    {"kohya-offset_1x3x32x48", kSmall, 10, {.offset = 0.0357}},
    {"kohya-offset-adaptive_1x4x64x64", kLatent, 44, {.offset = 0.05, .offset_adaptive = 0.00357}},
    {"kohya-offset-adaptive-negative_1x3x32x48",
     kSmall,
     11,
     {.offset = 0.05, .offset_adaptive = -0.3},
     true},
    {"kohya-multires_1x4x64x64",
     kLatent,
     45,
     {.pyramid = 6, .pyramid_discount = 0.3, .pyramid_seed = 1}},
    {"kohya-multires_1x3x32x48",
     kSmall,
     12,
     {.pyramid = 8, .pyramid_discount = 0.4, .pyramid_seed = 2},
     true},
    {"kohya-ip-noise_1x3x32x48", kSmall, 13, {.perturbation = 0.1}, true},
    {"kohya-random-strength_1x3x32x48",
     kSmall,
     15,
     {.offset = 0.1, .offset_random = true, .perturbation = 0.1, .perturbation_random = true},
     true},
    {"onetrainer-offset-perturbation_1x3x32x48",
     kSmall,
     16,
     {.offset = 0.1, .perturbation = 0.1, .perturbs_targets = true},
     true},
};

// x_0 of all cases, in the order of a tensor.
float x0_at(const NoiseShape& shape, std::size_t i) {
  const std::size_t channel = i / (shape.samples() / static_cast<std::size_t>(shape.channels));
  return static_cast<float>((37 * i + 11) % 257) / 128 - 1 +
         0.25F * (static_cast<float>(channel) - 1);
}

// The index in our order of sample i of a tensor.
std::size_t ours(const NoiseShape& shape, std::size_t i) {
  const auto channels = static_cast<std::size_t>(shape.channels);
  const std::size_t pixels = shape.samples() / channels;
  return i % pixels * channels + i / pixels;
}

std::vector<float> noise_of(const Case& one, NoisePart part) {
  std::vector<double> means(static_cast<std::size_t>(one.shape.channels));
  for (std::size_t i = 0; i < one.shape.samples(); ++i) {
    means[ours(one.shape, i) % means.size()] += static_cast<double>(x0_at(one.shape, i));
  }
  for (double& mean : means) mean /= one.shape.width * one.shape.height;
  std::vector<float> eps(one.shape.samples());
  add_to_noise(one.additions, find_generator("torch"), one.seed, one.shape, 0, part, means)
      ->fill(0, 0, eps);
  return eps;
}

void expect_near(const Case& one, const std::vector<float>& eps, const fs::path& path) {
  const auto wanted = read_npy(path);
  ASSERT_EQ(wanted.size(), eps.size()) << path;
  double most = 0;
  for (std::size_t i = 0; i < eps.size(); ++i) {
    most = std::max(most, static_cast<double>(std::abs(eps[ours(one.shape, i)] - wanted[i])));
  }
  // 1e-6, of several resolutions 2e-6, and 3e-6 for torch's own functions, for each full draw.
  EXPECT_LT(most, 5e-6) << path;
}

void check(const Case& one, const fs::path& folder) {
  SCOPED_TRACE(one.name);
  const std::string start = (folder / one.name).string();
  const auto has = [&](const char* what) { return fs::exists(start + what); };
  if (has("_noise.npy")) expect_near(one, noise_of(one, NoisePart::target), start + "_noise.npy");
  if (has("_input_noise.npy")) {
    expect_near(one, noise_of(one, NoisePart::input), start + "_input_noise.npy");
  }
  if (!has("_x_t.npy")) return;
  const auto wanted = read_npy(start + "_x_t.npy");
  const auto eps = noise_of(one, NoisePart::input);
  const auto mix = make_schedule({.name = "scaled-linear"}).mix(301);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double x = mix.x0 * static_cast<double>(x0_at(one.shape, i)) +
                     mix.eps * static_cast<double>(eps[ours(one.shape, i)]);
    ASSERT_NEAR(x, wanted[i], 5e-6) << i;
  }
}

TEST(NoiseAdditions, AreThoseOfTrainers) {
  int kept = 0;
  for (const Case& one : kCases) {
    if (!one.kept) continue;
    check(one, fs::path(QSAMPLE_TEST_DATA) / "trainers");
    ++kept;
  }
  EXPECT_EQ(kept, 6);
}

TEST(NoiseAdditionsOracle, AreThoseOfTrainers) {
  const fs::path folder = fs::path(QSAMPLE_ORACLE_2) / "trainers";
  if (!fs::exists(folder)) GTEST_SKIP() << "there is no " << folder;
  for (const Case& one : kCases) check(one, folder);
}

std::vector<float> filled(const NoiseAdditions& additions, const NoiseShape& shape,
                          std::uint32_t draw = 0, NoisePart part = NoisePart::input,
                          std::vector<double> means = {}) {
  std::vector<float> eps(shape.samples());
  add_to_noise(additions, generators().front(), 5, shape, draw, part, means)->fill(0, 0, eps);
  return eps;
}

float normal(std::uint32_t step, std::size_t i, std::uint32_t draw) {
  return reference::normal(5, step, i, draw);
}

constexpr std::uint32_t kBeyond = 1U << 31;
// Two items of two frames.
constexpr NoiseShape kVideo{.width = 7, .height = 5, .channels = 4, .frames = 2, .items = 2};

// Each as its streams have it, item n of the k-th draw being draw 2 k + n.
TEST(NoiseAdditions, OfOurOwnNoiseHaveStreamsOfTheirOwn) {
  const std::size_t item = kVideo.samples_an_item();
  const auto offset = filled({.offset = 0.25}, kVideo, 3);
  const auto perturbed = filled({.perturbation = 0.5}, kVideo, 3);
  const auto target = filled({.perturbation = 0.5}, kVideo, 3, NoisePart::target);
  for (std::size_t i = 0; i < kVideo.samples(); ++i) {
    const auto draw = static_cast<std::uint32_t>(6 + i / item);
    const float n = normal(0, i % item, draw);
    ASSERT_EQ(offset[i], n + 0.25F * normal(kBeyond + 1, i % 4, draw)) << i;
    ASSERT_EQ(perturbed[i], n + 0.5F * normal(kBeyond + 2, i % item, draw)) << i;
    ASSERT_EQ(target[i], n) << i;
  }
}

// Item n of the k-th draw is weighed by numbers 4 and 5 of the uniforms of draw 2 k + n.
TEST(NoiseAdditions, RandomWeightsAreThoseOfItems) {
  const std::size_t item = kVideo.samples_an_item();
  const NoiseAdditions additions{
      .offset = 0.25, .offset_random = true, .perturbation = 0.5, .perturbation_random = true};
  const auto offset = filled(additions, kVideo, 3, NoisePart::target);
  const auto both = filled(additions, kVideo, 3);
  for (std::size_t i = 0; i < kVideo.samples(); ++i) {
    const auto draw = static_cast<std::uint32_t>(6 + i / item);
    const auto uniform = [&](std::uint32_t number) {
      const std::uint64_t bits = uniform_bits(5, draw, number);
      return static_cast<float>(std::ldexp(static_cast<double>(bits >> 40), -24));
    };
    const float eps =
        normal(0, i % item, draw) + 0.25F * uniform(4) * normal(kBeyond + 1, i % 4, draw);
    ASSERT_EQ(offset[i], eps) << i;
    ASSERT_EQ(both[i], eps + 0.5F * uniform(5) * normal(kBeyond + 2, i % item, draw)) << i;
  }
}

TEST(NoiseAdditions, AdaptTheOffsetToTheImage) {
  const std::vector<double> means = {0.5, -1, 0, 0.1, 2, -2, 0.3, 0};
  const auto eps =
      filled({.offset = 0.5, .offset_adaptive = -0.4}, kVideo, 0, NoisePart::input, means);
  const std::size_t item = kVideo.samples_an_item();
  for (std::size_t i = 0; i < kVideo.samples(); ++i) {
    const auto draw = static_cast<std::uint32_t>(i / item);
    const double weight = std::max(0.0, 0.5 - 0.4 * std::abs(means[i / item * 4 + i % 4]));
    ASSERT_EQ(eps[i], normal(0, i % item, draw) +
                          static_cast<float>(weight) * normal(kBeyond + 1, i % 4, draw))
        << i;
  }
}

// Sample x of a row of `length` that is scaled to `to`, with half-pixel centres.
double between(const std::vector<double>& row, std::size_t to, std::size_t x) {
  const double at = std::clamp(
      (static_cast<double>(x) + 0.5) * static_cast<double>(row.size()) / static_cast<double>(to) -
          0.5,
      0.0, static_cast<double>(row.size() - 1));
  const auto left = static_cast<std::size_t>(at);
  const auto right = std::min(left + 1, row.size() - 1);
  return row[left] + (at - static_cast<double>(left)) * (row[right] - row[left]);
}

// The pyramid of seed 5 as its definition has it: Python's random.seed(5) gives 0.6229016948897019,
// 0.7417869892607294 and 0.7951935655656966, so that levels have the sizes 7x5, 2x1.
TEST(NoiseAdditions, BuildThePyramidOverEachFrame) {
  const auto eps = filled({.pyramid = 3, .pyramid_discount = 0.5}, kVideo);
  const std::size_t item = kVideo.samples_an_item();
  for (std::size_t n = 0; n < 2; ++n) {
    std::vector<double> sum(item);
    double mean = 0;
    for (std::size_t i = 0; i < item; ++i) {
      const std::size_t channel = i % 4;
      const std::size_t x = i / 4 % 7;
      const std::size_t frame = i / 140;
      std::vector<double> row;
      for (std::size_t k = 0; k < 2; ++k) {
        row.push_back(static_cast<double>(
            normal(kBeyond + 17, (frame * 2 + k) * 4 + channel, static_cast<std::uint32_t>(n))));
      }
      sum[i] = static_cast<double>(normal(0, i, static_cast<std::uint32_t>(n))) +
               static_cast<double>(normal(kBeyond + 16, i, static_cast<std::uint32_t>(n))) +
               0.5 * between(row, 7, x);
      mean += sum[i] / static_cast<double>(item);
    }
    double squares = 0;
    for (const double value : sum) squares += (value - mean) * (value - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(item - 1));
    for (std::size_t i = 0; i < item; ++i) {
      ASSERT_NEAR(eps[n * item + i], sum[i] / deviation, 2e-6) << n << ", " << i;
    }
  }
}

// Frozen: once released, what they make of a seed never changes.
TEST(NoiseAdditions, KeepTheirBits) {
  const auto eps = filled({.offset = 0.1,
                           .offset_adaptive = 0.05,
                           .perturbation = 0.1,
                           .pyramid = 6,
                           .pyramid_discount = 0.4},
                          kSmall, 0, NoisePart::input, {0.1, 0.2, 0.3});
  std::uint64_t hash = 0xCBF29CE484222325;  // FNV-1a of the samples' bits
  for (const float sample : eps) {
    hash = (hash ^ std::bit_cast<std::uint32_t>(sample)) * 0x100000001B3;
  }
  EXPECT_EQ(hash, 6545182058008022701U);
}

TEST(NoiseAdditions, AreRefusedWhereTheyCanNotBe) {
  const auto& own = generators().front();
  const auto refused = [](const NoiseAdditions& additions, const Generator& generator,
                          const char* parameter) {
    try {
      check_additions(additions, generator);
    } catch (const InvalidArgument& e) {
      return e.parameter() == parameter;
    }
    return false;
  };
  EXPECT_TRUE(refused({.offset = 0.1}, find_generator("numpy"), "offset-noise"));
  EXPECT_TRUE(refused({.pyramid = 2}, find_generator("torch-cuda"), "pyramid-noise"));
  EXPECT_TRUE(refused({.offset = -1}, own, "offset-noise"));
  EXPECT_TRUE(refused({.perturbation = NAN}, own, "input-perturbation"));
  EXPECT_TRUE(refused({.pyramid_discount = 0.5}, own, "pyramid-discount"));
  EXPECT_TRUE(refused({.offset_random = true}, own, "offset-noise-random"));
  EXPECT_TRUE(refused({.perturbation_random = true}, own, "input-perturbation-random"));
  EXPECT_TRUE(refused({.perturbs_targets = true}, own, "perturb-targets"));
  EXPECT_TRUE(refused({.pyramid_seed = 1}, own, "pyramid-seed"));
  EXPECT_TRUE(refused({.offset_adaptive = -0.1}, own, "offset-noise-adaptive"));
  EXPECT_THROW((void)add_to_noise({.offset_adaptive = 1}, own, 0, kSmall, 0, NoisePart::input),
               InvalidArgument);
  EXPECT_NO_THROW(check_additions({}, find_generator("numpy")));
}

}  // namespace
}  // namespace qsample
