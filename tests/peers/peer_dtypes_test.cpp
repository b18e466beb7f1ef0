// Noise of peers in other dtypes, batches and sizes.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/half.h"
#include "core/philox.h"
#include "qsample/error.h"
#include "qsample/peer_noise.h"

namespace qsample {
namespace {

namespace fs = std::filesystem;

template <class T>
std::vector<T> samples_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const std::size_t begin = text.find('\n') + 1;
  std::vector<T> samples((text.size() - begin) / sizeof(T));
  std::memcpy(samples.data(), text.data() + begin, samples.size() * sizeof(T));
  return samples;
}

void expect_torch(const fs::path& folder, const std::string& start, std::uint64_t seed) {
  SCOPED_TRACE(start);
  const auto name = [&](const char* dtype) { return folder / (start + "_" + dtype + ".npy"); };
  const auto doubles = samples_of<double>(name("float64"));
  ASSERT_FALSE(doubles.empty());
  std::vector<double> drawn(doubles.size());
  TorchGenerator(seed).randn(drawn);
  for (std::size_t i = 0; i < drawn.size(); ++i) ASSERT_NEAR(drawn[i], doubles[i], 2e-15) << i;
  std::vector<float> halves(doubles.size());
  TorchGenerator(seed).randn_float16(halves);
  const auto float16 = samples_of<std::uint16_t>(name("float16"));
  for (std::size_t i = 0; i < halves.size(); ++i) {
    ASSERT_EQ(half_of(static_cast<double>(halves[i])), float16[i]) << i;
    ASSERT_EQ(halves[i], float_of_half(float16[i])) << i;
  }
  TorchGenerator(seed).randn_bfloat16(halves);
  const auto bfloat16 = samples_of<std::uint16_t>(name("bfloat16"));
  for (std::size_t i = 0; i < halves.size(); ++i) {
    ASSERT_EQ(halves[i], float_of_brain(bfloat16[i])) << i;
  }
}

TEST(TorchDtypes, AreThoseOfTorch) {
  const fs::path folder = fs::path(QSAMPLE_TEST_DATA) / "rng";
  expect_torch(folder, "torch_randn_seed3_33", 3);
  expect_torch(folder, "torch_randn_seed3_15", 3);
}

TEST(TorchDtypesOracle, AreThoseOfTorch) {
  const fs::path folder = fs::path(QSAMPLE_ORACLE_2) / "rng";
  if (!fs::exists(folder)) GTEST_SKIP() << "there is no " << folder;
  for (const auto& [start, seed] : {std::pair{"torch_randn_seed11_4x3x32x32", 11},
                                    {"torch_randn_seed5_2x16x8x8", 5},
                                    {"torch_randn_seed5_2x1x1x17", 5},
                                    {"torch_randn_seed77_1x4x5x8x8", 77},
                                    {"torch_randn_seed3_15", 3},
                                    {"torch_randn_seed3_16", 3},
                                    {"torch_randn_seed3_33", 3}}) {
    expect_torch(folder, start, static_cast<std::uint64_t>(seed));
  }
}

// What is skipped is what would have been drawn.
TEST(TorchDtypes, GoOnAfterWhatIsSkipped) {
  for (const std::size_t count : {5U, 16U, 33U}) {
    std::vector<double> first(count);
    std::vector<double> second(40);
    TorchGenerator one(7);
    one.randn(first);
    one.randn(second);
    TorchGenerator other(7);
    other.skip_randn(count, 2);
    std::vector<double> skipped(40);
    other.randn(skipped);
    EXPECT_EQ(skipped, second) << count;
  }
}

void expect_legacy(const fs::path& path, std::uint64_t seed, double sigma) {
  SCOPED_TRACE(path);
  const auto wanted = samples_of<double>(path);
  ASSERT_FALSE(wanted.empty());
  std::vector<double> drawn(wanted.size());
  numpy_legacy_normal(seed, drawn);
  for (std::size_t i = 0; i < drawn.size(); ++i) ASSERT_EQ(sigma * drawn[i], wanted[i]) << i;
}

TEST(NumpyLegacy, IsThatOfNumpy) {
  expect_legacy(
      fs::path(QSAMPLE_TEST_DATA) / "rng/numpy_legacy_normal_seed0_sigma50_17x13x1_float64.npy", 0,
      50 / 255.);
  std::vector<double> all(20);
  numpy_legacy_normal(4, all);
  std::vector<double> rest(13);
  numpy_legacy_normal(4, rest, 7);
  EXPECT_TRUE(std::equal(rest.begin(), rest.end(), all.begin() + 7));
  EXPECT_THROW(numpy_legacy_normal(std::uint64_t{1} << 32, rest), InvalidArgument);
}

TEST(NumpyLegacyOracle, IsThatOfNumpy) {
  const fs::path folder = fs::path(QSAMPLE_ORACLE_2) / "rng";
  if (!fs::exists(folder)) GTEST_SKIP() << "there is no " << folder;
  expect_legacy(folder / "numpy_legacy_normal_seed0_sigma25_24x32x3_float64.npy", 0, 25 / 255.);
  expect_legacy(folder / "numpy_legacy_normal_seed42_sigma15_24x32x3_float64.npy", 42, 15 / 255.);
  expect_legacy(folder / "numpy_legacy_normal_seed123456789_sigma75_9x11x3_float64.npy", 123456789,
                75 / 255.);
}

void expect_numpy(const fs::path& path, std::uint64_t seed, double sigma = 1) {
  SCOPED_TRACE(path);
  const auto wanted = samples_of<double>(path);
  ASSERT_FALSE(wanted.empty());
  std::vector<double> drawn(wanted.size());
  numpy_standard_normal(seed, drawn);
  for (std::size_t i = 0; i < drawn.size(); ++i) ASSERT_EQ(sigma * drawn[i], wanted[i]) << i;
}

TEST(NumpyDoubles, AreThoseOfNumpy) {
  const fs::path folder = fs::path(QSAMPLE_TEST_DATA) / "rng";
  expect_numpy(folder / "numpy_standard_normal_seed8_17_float64.npy", 8);
  std::vector<double> all(20);
  numpy_standard_normal(4, all);
  std::vector<double> rest(13);
  numpy_standard_normal(4, rest, 7);
  EXPECT_TRUE(std::equal(rest.begin(), rest.end(), all.begin() + 7));
}

TEST(NumpyDoublesOracle, AreThoseOfNumpy) {
  const fs::path folder = fs::path(QSAMPLE_ORACLE_2) / "rng";
  if (!fs::exists(folder)) GTEST_SKIP() << "there is no " << folder;
  expect_numpy(folder / "numpy_standard_normal_seed1099511627781_16x24x3_float64.npy",
               1099511627781);
  expect_numpy(folder / "numpy_standard_normal_seed8_3x32x48_float64.npy", 8);
  expect_numpy(folder / "numpy_normal_seed21_sigma25_24x32x3_float64.npy", 21, 25 / 255.);
}

// The kernel of torch as it runs: each thread steps over the tensor by four times all threads, and
// gives each of its four normals a stride of its own.
TEST(TorchCuda, SharesSamplesOutAmongTheThreadsOfADevice) {
  constexpr std::uint64_t kSeed = 5;
  for (const std::size_t threads : {512U, 2048U}) {
    for (const std::size_t count : {100U, 512U, 5000U, 20001U}) {
      const std::size_t grid = std::min(threads, (count + 255) / 256 * 256);
      std::vector<float> wanted(count);
      for (std::size_t thread = 0; thread < grid; ++thread) {
        std::uint32_t block = 0;
        for (std::size_t at = thread; at < (count + 4 * grid - 1) / (4 * grid) * 4 * grid;
             at += 4 * grid) {
          const auto words =
              philox::philox4x32({block++, 0, static_cast<std::uint32_t>(thread), 0}, {kSeed, 0});
          for (std::size_t k = 0; k < 4; ++k) {
            if (at + k * grid >= count) continue;
            const double u = static_cast<float>(words[k / 2 * 2]) * 0x1p-32 + 0x1p-33;
            const double angle = (static_cast<float>(words[k / 2 * 2 + 1]) + 0.5) * 0x1p-32 * 2 *
                                 3.14159265358979323846;
            wanted[at + k * grid] = static_cast<float>(
                std::sqrt(-2 * std::log(u)) * (k % 2 == 0 ? std::sin(angle) : std::cos(angle)));
          }
        }
      }
      std::vector<float> drawn(count);
      torch_cuda_randn(kSeed, drawn, threads);
      for (std::size_t i = 0; i < count; ++i)
        ASSERT_NEAR(drawn[i], wanted[i], 2e-5) << threads << ", " << i;
    }
  }
  std::vector<float> out(300);
  EXPECT_THROW(torch_cuda_randn(0, out, 100), InvalidArgument);
}

}  // namespace
}  // namespace qsample
