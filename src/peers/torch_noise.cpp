#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <random>
#include <utility>

#include "base/fail.h"
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

void TorchGenerator::skip_randn(std::size_t count) {
  if (count < kGroup) {
    for (std::size_t i = 0; i < count; ++i) (void)state_->normal();
    return;
  }
  state_->words.discard(count + (count % kGroup == 0 ? 0 : kGroup));
}

void torch_cuda_randn(std::uint64_t seed, std::span<float> out) {
  if (out.size() > kTorchCudaMost) {
    fail("torch's noise on a CUDA device is known for up to ", kTorchCudaMost, " samples, not ",
         out.size(), ": beyond, it depends on the device");
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    // Offset 0 of the thread's own subsequence, and of its four normals the first.
    const auto words = philox::philox4x32(
        {0, 0, static_cast<std::uint32_t>(i), 0},
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
    const double u = static_cast<float>(words[0]) * 0x1p-32F + 0x1p-33F;
    const double theta = cuda_angle(words[1]);
    out[i] = static_cast<float>(std::sqrt(-2 * std::log(u)) * std::sin(theta));
  }
}

}  // namespace qsample
