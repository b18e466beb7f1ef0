#include "qsample/noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/philox.h"
#include "core/reference.h"
#include "core/statistics.h"
#include "core/targets.h"
#include "qsample/error.h"

namespace qsample {
namespace {

using philox::Counter;
using philox::philox4x32;

// Known answers that come with the Random123 library of the paper's authors (kat_vectors).
static_assert(philox4x32({0, 0, 0, 0}, {0, 0}) ==
              Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                         {0xffffffff, 0xffffffff}) ==
              Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                         {0xa4093822, 0x299f31d0}) ==
              Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

std::vector<float> noise(NoiseKey key, std::uint64_t first, std::size_t count) {
  std::vector<float> eps(count);
  gaussian_noise(key, first, eps);
  return eps;
}

std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }

// FNV-1a over the little-endian bytes of the samples.
std::uint64_t fingerprint(const std::vector<float>& eps) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const float x : eps) {
    for (int byte = 0; byte < 4; ++byte) {
      hash = (hash ^ (bits(x) >> (8 * byte) & 0xFF)) * 0x100000001b3;
    }
  }
  return hash;
}

TEST(GaussianNoise, HasTheReferencesBitsOnEveryInstructionSet) {
  on_every_target([] {
    for (const NoiseKey key : {NoiseKey{0, 0}, NoiseKey{42, 1000}, NoiseKey{~0ULL, ~0U},
                               NoiseKey{0, 0, 1}, NoiseKey{7, 3, kMostDraws - 1}}) {
      // Nothing, tails, odd lengths, starts within a group, counters beyond 32 bits.
      for (const std::uint64_t first : {0ULL, 1ULL, 63ULL, 64ULL, 1000003ULL, 1ULL << 40}) {
        for (const std::size_t count : {0U, 1U, 7U, 64U, 65U, 1000U}) {
          const auto eps = noise(key, first, count);
          for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(bits(eps[i]),
                      bits(reference::normal(key.seed, key.step, first + i, key.draw)))
                << "seed " << key.seed << " step " << key.step << " draw " << key.draw << " sample "
                << first + i;
          }
        }
      }
    }
  });
}

// Frozen: a released seed never changes its noise.
TEST(GaussianNoise, KeepsItsGoldenBytes) {
  on_every_target([] {
    const auto eps = noise({0, 0}, 0, 8);
    const std::vector<std::uint32_t> golden = {0xbf6cb6b0, 0x3e392a68, 0x4022d27d, 0x3eb4029c,
                                               0xbeb0b9c6, 0x3e6061e2, 0xbf44c744, 0x3e770b98};
    for (std::size_t i = 0; i < golden.size(); ++i) EXPECT_EQ(bits(eps[i]), golden[i]) << i;
    EXPECT_EQ(fingerprint(noise({0, 0}, 0, 1 << 18)), 0xa9dbc03d89766c87);
    EXPECT_EQ(fingerprint(noise({42, 250}, 12345, 100003)), 0x710a59a5b409023c);
    EXPECT_EQ(fingerprint(noise({0xFEDCBA9876543210, 1000000}, 1ULL << 33, 100003)),
              0x062d33a5ee94a388);
    EXPECT_EQ(fingerprint(noise({0, 0, 1}, 0, 1 << 18)), 0x8aa20efb7d7b9cef);
    EXPECT_EQ(fingerprint(noise({42, 250, 7}, 12345, 100003)), 0x82519c7d9f2d33cb);
  });
}

TEST(GaussianNoise, SliceEqualsTheSliceOfTheWhole) {
  const auto whole = noise({7, 3}, 0, 4096);
  for (const std::size_t first : {0U, 5U, 64U, 777U}) {
    const auto slice = noise({7, 3}, first, 1111);
    for (std::size_t i = 0; i < slice.size(); ++i) ASSERT_EQ(slice[i], whole[first + i]);
  }
}

TEST(GaussianNoise, IsWithin2e6OfExactBoxMuller) {
  double worst = 0;
  for (std::uint64_t n = 0; n < 2'000'000; ++n) {
    const auto exact = reference::exact_normal(reference::sample_bits(9, 0, n));
    worst = std::max(worst, std::abs(reference::normal(9, 0, n) - exact));
  }
  EXPECT_LT(worst, 2e-6);
}

// Random samples seldom meet the ends of the range, where the logarithm is hardest.
TEST(GaussianNoise, RadiusAndTurnAreAccurateOverAllWords) {
  double worst_radius = 0;
  double worst_turn = 0;
  const auto check = [&](std::uint32_t w) {
    const double radius = std::sqrt(-2 * std::log(static_cast<double>(reference::uniform(w))));
    worst_radius = std::max(worst_radius, std::abs(radius - reference::radius(w)));
    const double theta = 2 * std::numbers::pi * w * 0x1p-32;
    const auto turn = reference::sin_cos(w);
    worst_turn = std::max(
        {worst_turn, std::abs(std::sin(theta) - turn.sin), std::abs(std::cos(theta) - turn.cos)});
  };
  for (std::uint64_t w = 0; w < 1ULL << 32; w += 1999) check(static_cast<std::uint32_t>(w));
  for (std::uint32_t edge = 0; edge < 8; ++edge) {
    for (std::int64_t d = -5000; d <= 5000; ++d) {
      check(static_cast<std::uint32_t>((static_cast<std::int64_t>(edge) << 29) + d));
    }
  }
  // |eps| error <= radius error + greatest radius * turn error.
  EXPECT_LT(worst_radius + 6.67 * worst_turn, 2e-6);
}

TEST(GaussianNoise, IsStandardNormal) {
  const auto eps = noise({2026, 0}, 0, 1 << 20);
  const auto n = static_cast<double>(eps.size());
  double sums[5] = {};
  for (const float x : eps) {
    for (int power = 1; power <= 4; ++power) sums[power] += std::pow(x, power);
  }
  // Five standard errors of each moment.
  EXPECT_NEAR(sums[1] / n, 0, 5 * std::sqrt(1 / n));
  EXPECT_NEAR(sums[2] / n, 1, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(sums[3] / n, 0, 5 * std::sqrt(15 / n));
  EXPECT_NEAR(sums[4] / n, 3, 5 * std::sqrt(96 / n));
  EXPECT_GT(statistics::normal_p_value(eps), 0.001);
}

TEST(GaussianNoise, StreamsAreUncorrelated) {
  constexpr std::size_t kCount = 1 << 20;
  const auto eps = noise({1, 0}, 0, kCount + 16);
  const std::span<const float> base(eps.data(), kCount);
  const double bound = 5 / std::sqrt(static_cast<double>(kCount));
  EXPECT_LT(std::abs(statistics::correlation(base, noise({2, 0}, 0, kCount))), bound);
  EXPECT_LT(std::abs(statistics::correlation(base, noise({1, 1}, 0, kCount))), bound);
  EXPECT_LT(std::abs(statistics::correlation(base, noise({1ULL << 32 | 1, 0}, 0, kCount))), bound);
  EXPECT_LT(std::abs(statistics::correlation(base, noise({1, 0, 1}, 0, kCount))), bound);
  for (const std::size_t lag : {1U, 3U, 16U}) {
    EXPECT_LT(std::abs(statistics::correlation(base, std::span(eps).subspan(lag, kCount))), bound)
        << lag;
  }
}

TEST(UniformFromSeed, CoversItsRangeEvenly) {
  constexpr std::uint32_t kRange = 10;
  constexpr int kDraws = 100'000;
  constexpr double kExpected = kDraws / 10.0;
  std::vector<int> counts(kRange + 1);
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) ++counts.at(uniform_from_seed(seed, kRange));
  EXPECT_EQ(counts[0], 0);
  double chi_square = 0;
  for (std::uint32_t i = 1; i <= kRange; ++i) {
    chi_square += std::pow(counts[i] - kExpected, 2) / kExpected;
  }
  EXPECT_LT(chi_square, 27.9);  // 9 degrees of freedom, p = 0.001
  EXPECT_EQ(uniform_from_seed(5, 1), 1U);
}

// Item n of a batch of N is draw k N + n, whatever slice is asked for.
TEST(PhiloxNoise, EachItemOfABatchIsADrawOfItsOwn) {
  constexpr std::size_t kSamples = 100;
  const PhiloxNoise batch(7, 2, 3, kSamples);
  std::vector<float> all(3 * kSamples);
  batch.fill(5, 0, all);
  for (std::uint32_t item = 0; item < 3; ++item) {
    std::vector<float> one(kSamples);
    gaussian_noise({7, 5, 2 * 3 + item}, 0, one);
    EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + item * kSamples)) << item;
  }
  std::vector<float> slice(150);
  batch.fill(5, 90, slice);
  EXPECT_TRUE(std::equal(slice.begin(), slice.end(), all.begin() + 90));
  EXPECT_FALSE(batch.philox_key(0));
  EXPECT_THROW(batch.fill(0, 3 * kSamples, slice), InvalidArgument);
  EXPECT_THROW(PhiloxNoise(7, kMostDraws / 3, 3, kSamples), InvalidArgument);
}

// The timestep's bits are the block of counter (0, 0, 0, 2 draw + 1), its second word the high one.
TEST(UniformBits, AreThoseOfTheCounter) {
  const auto words = philox4x32({3, 0, 0, 11}, {5, 1});
  EXPECT_EQ(uniform_bits((1ULL << 32) + 5, 5, 3), std::uint64_t{words[1]} << 32 | words[0]);
  EXPECT_EQ(uniform_from_seed(77, 1000, 4),
            static_cast<std::uint32_t>(unit_of_bits(uniform_bits(77, 4)) * 1000) + 1);
  EXPECT_GT(unit_of_bits(0), 0);
  EXPECT_LT(unit_of_bits(~0ULL), 1);
}

}  // namespace
}  // namespace qsample
