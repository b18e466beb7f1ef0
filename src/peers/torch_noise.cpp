#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <random>
#include <utility>

#include "base/fail.h"
#include "core/half.h"
#include "core/philox.h"
#include "qsample/peer_noise.h"

namespace qsample {
namespace {

constexpr std::size_t kGroup = 16;
constexpr std::size_t kHalf = kGroup / 2;

// Uniforms of a group of sixteen become its normals: the first half gives radii, the second angles.
// Evaluated in float64 and rounded, which no instruction set changes.
void box_muller(std::span<float, kGroup> group) {
  for (std::size_t j = 0; j < kHalf; ++j) {
    const double r = std::sqrt(-2 * std::log1p(-static_cast<double>(group[j])));
    const double theta = 2 * std::numbers::pi * static_cast<double>(group[j + kHalf]);
    group[j] = static_cast<float>(r * std::cos(theta));
    group[j + kHalf] = static_cast<float>(r * std::sin(theta));
  }
}

// 2 pi (word + 1/2) / 2^32, of float32 factors in one fused multiply-add. The radius needs its
// uniform in float32 as well: near u = 1 it is a difference that float64 would not lose.
float cuda_angle(std::uint32_t word) {
  constexpr double kUnit = 0x1p-32 * static_cast<double>(2 * std::numbers::pi_v<float>);
  return static_cast<float>(static_cast<double>(static_cast<float>(word)) * kUnit + kUnit / 2);
}

}  // namespace

struct TorchGenerator::State {
  explicit State(std::uint32_t seed) : words(seed) {}

  float uniform24() { return static_cast<float>(words() & 0xFFFFFF) * 0x1p-24F; }

  double uniform53() {
    const std::uint64_t high = words();
    const std::uint64_t word = high << 32 | words();
    return static_cast<double>(word & ((std::uint64_t{1} << 53) - 1)) * 0x1p-53;
  }

  // One at a time, in float64; the second of a pair waits for the next call, however much later.
  double normal() {
    if (kept) return *std::exchange(kept, std::nullopt);
    const double theta = 2 * std::numbers::pi * uniform53();
    const double r = std::sqrt(-2 * std::log1p(-uniform53()));
    kept = r * std::sin(theta);
    return r * std::cos(theta);
  }

  std::mt19937 words;
  std::optional<double> kept;
};

TorchGenerator::TorchGenerator(std::uint64_t seed)
    : state_(std::make_unique<State>(static_cast<std::uint32_t>(seed))) {}

TorchGenerator::~TorchGenerator() = default;

void TorchGenerator::randn(std::span<float> out) {
  if (out.size() < kGroup) {
    for (float& sample : out) sample = static_cast<float>(state_->normal());
    return;
  }
  for (float& sample : out) sample = state_->uniform24();
  const std::size_t whole = out.size() / kGroup * kGroup;
  for (std::size_t i = 0; i < whole; i += kGroup) box_muller(out.subspan(i).first<kGroup>());
  if (whole < out.size()) {
    // The last sixteen are made anew, whatever of them was there.
    const auto last = out.last<kGroup>();
    for (float& sample : last) sample = state_->uniform24();
    box_muller(last);
  }
}

namespace {

// Groups of sixteen uniforms become normals; of a rest, the last sixteen are made anew.
template <class T, class Uniform, class Transform>
void fill_in_groups(std::span<T> out, const Uniform& uniform, const Transform& transform) {
  for (T& sample : out) sample = uniform();
  const std::size_t whole = out.size() / kGroup * kGroup;
  for (std::size_t i = 0; i < whole; i += kGroup)
    transform(out.subspan(i).template first<kGroup>());
  if (whole == out.size()) return;
  const auto last = out.template last<kGroup>();
  for (T& sample : last) sample = uniform();
  transform(last);
}

float rounded_brain(float value) { return float_of_brain(brain_of(value)); }
float rounded_half(float value) { return float_of_half(half_of(static_cast<double>(value))); }

constexpr float kTwoPi = 2 * std::numbers::pi_v<float>;

// Every operation is rounded. As in torch, which adds a mean of 0, no sample is -0.
void box_muller_brain(std::span<float, kGroup> group) {
  for (std::size_t j = 0; j < kHalf; ++j) {
    const float u = rounded_brain(1 - group[j]);
    const float log = rounded_brain(std::log(u));
    const float r = rounded_brain(std::sqrt(rounded_brain(-2 * log)));
    const float theta = rounded_brain(kTwoPi * group[j + kHalf]);
    group[j] = rounded_brain(r * rounded_brain(std::cos(theta))) + 0.0F;
    group[j + kHalf] = rounded_brain(r * rounded_brain(std::sin(theta))) + 0.0F;
  }
}

// The radius and the angle are rounded, and the product.
void box_muller_half(std::span<float, kGroup> group) {
  for (std::size_t j = 0; j < kHalf; ++j) {
    const float u = rounded_half(1 - group[j]);
    const float r = rounded_half(std::sqrt(-2 * std::log(u)));
    const float theta = rounded_half(kTwoPi * group[j + kHalf]);
    group[j] = rounded_half(r * std::cos(theta)) + 0.0F;
    group[j + kHalf] = rounded_half(r * std::sin(theta)) + 0.0F;
  }
}

}  // namespace

void TorchGenerator::randn(std::span<double> out) {
  if (out.size() < kGroup) {
    for (double& sample : out) sample = state_->normal();
    return;
  }
  fill_in_groups(
      out, [&] { return state_->uniform53(); },
      [](std::span<double, kGroup> group) {
        for (std::size_t j = 0; j < kHalf; ++j) {
          const double r = std::sqrt(-2 * std::log(1 - group[j]));
          const double theta = 2 * std::numbers::pi * group[j + kHalf];
          group[j] = r * std::cos(theta);
          group[j + kHalf] = r * std::sin(theta);
        }
      });
}

void TorchGenerator::randn_float16(std::span<float> out) {
  if (out.size() < kGroup) {
    for (float& sample : out) sample = float_of_half(half_of(state_->normal()));
    return;
  }
  const auto uniform = [&] { return static_cast<float>(state_->words() & 0x7FF) * 0x1p-11F; };
  fill_in_groups(out, uniform, box_muller_half);
}

void TorchGenerator::randn_bfloat16(std::span<float> out) {
  if (out.size() < kGroup) {
    for (float& sample : out) sample = float_of_brain(brain_of(state_->normal()));
    return;
  }
  const auto uniform = [&] { return static_cast<float>(state_->words() & 0xFF) * 0x1p-8F; };
  fill_in_groups(out, uniform, box_muller_brain);
}

void TorchGenerator::rand(std::span<float> out) {
  std::generate(out.begin(), out.end(), [&] { return state_->uniform24(); });
}

void TorchGenerator::skip_randn(std::size_t count, std::size_t words) {
  if (count < kGroup) {
    for (std::size_t i = 0; i < count; ++i) (void)state_->normal();
    return;
  }
  state_->words.discard(words * (count + (count % kGroup == 0 ? 0 : kGroup)));
}

void torch_cuda_randn(std::uint64_t seed, std::span<float> out, std::size_t threads) {
  constexpr std::size_t kBlock = 256;
  constexpr std::size_t kAtOnce = 4;  // normals that a thread makes of a block of words
  if (threads == 0 && out.size() > kTorchCudaMost) {
    fail("torch's noise on a CUDA device is known for up to ", kTorchCudaMost, " samples, not ",
         out.size(), ": beyond, it depends on the device; ", Named{"cuda-multiprocessors"},
         " says how many it has");
  }
  if (threads % kBlock != 0) fail("the threads of a CUDA device are a multiple of ", kBlock);
  // No more threads than samples, in whole blocks.
  const std::size_t wanted = (out.size() + kBlock - 1) / kBlock * kBlock;
  const std::size_t at_work = threads == 0 ? wanted : std::min(threads, wanted);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t turn = i / at_work;  // which normal of its thread
    const auto words = philox::philox4x32(
        {static_cast<std::uint32_t>(turn / kAtOnce), 0, static_cast<std::uint32_t>(i % at_work), 0},
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
    const std::size_t pair = turn % kAtOnce / 2 * 2;
    const double u = static_cast<float>(words[pair]) * 0x1p-32F + 0x1p-33F;
    const double theta = cuda_angle(words[pair + 1]);
    out[i] = static_cast<float>(std::sqrt(-2 * std::log(u)) *
                                (turn % 2 == 0 ? std::sin(theta) : std::cos(theta)));
  }
}

}  // namespace qsample
