// The table of noises: one row each.

#include "qsample/generators.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/fail.h"
#include "image/layout.h"
#include "qsample/peer_noise.h"

namespace qsample {
namespace {

// What a peer draws for a tensor, in the order of our images.
class DrawnNoise final : public NoiseSource {
 public:
  explicit DrawnNoise(std::vector<float> interleaved, std::uint32_t step = 0)
      : eps_(std::move(interleaved)), step_(step) {}

  void fill(std::uint32_t step, std::uint64_t first, std::span<float> eps) const override {
    if (step != step_) fail("noise that is drawn once for an image has no stream ", step);
    if (first > eps_.size() || eps.size() > eps_.size() - first) {
      fail("noise that is drawn once for an image has ", eps_.size(), " samples");
    }
    std::copy_n(eps_.begin() + static_cast<std::ptrdiff_t>(first), eps.size(), eps.begin());
  }

 private:
  std::vector<float> eps_;
  std::uint32_t step_;
};

// A tensor (items, channels, frames, height, width) in the order of our images.
std::vector<float> turned(const std::vector<float>& planar, const NoiseShape& shape) {
  const auto channels = static_cast<std::size_t>(shape.channels);
  if (shape.items == 1) return from_planar(planar, channels);
  std::vector<float> all;
  all.reserve(planar.size());
  const auto size = static_cast<std::ptrdiff_t>(shape.samples_an_item());
  for (auto item = planar.begin(); item != planar.end(); item += size) {
    const auto samples = from_planar(std::vector<float>(item, item + size), channels);
    all.insert(all.end(), samples.begin(), samples.end());
  }
  return all;
}

// It is drawn planar, then turned.
constexpr std::size_t kDrawn = 2 * sizeof(float);

template <void (*kDraw)(std::uint64_t seed, std::uint32_t draw, std::span<float> planar)>
std::unique_ptr<NoiseSource> drawn(std::uint64_t seed, const NoiseShape& shape,
                                   std::uint32_t draw) {
  std::vector<float> planar(shape.samples());
  kDraw(seed, draw, planar);
  return std::make_unique<DrawnNoise>(turned(planar, shape));
}

std::unique_ptr<NoiseSource> philox(std::uint64_t seed, const NoiseShape& shape,
                                    std::uint32_t draw) {
  return std::make_unique<PhiloxNoise>(seed, draw, static_cast<std::uint32_t>(shape.items),
                                       shape.samples_an_item());
}

NoiseSeries philox_series(std::uint64_t seed, const NoiseShape& shape, std::uint32_t draw,
                          std::span<const FurtherDraw> draws) {
  NoiseSeries series{philox(seed, shape, draw), {}};
  for (const FurtherDraw& further : draws) {
    series.further.push_back(philox(seed, further.shape, draw));
  }
  return series;
}

std::unique_ptr<NoiseSource> torch_next(TorchGenerator& generator, const NoiseShape& shape,
                                        std::uint32_t step) {
  std::vector<float> planar(shape.samples());
  generator.randn(planar);
  return std::make_unique<DrawnNoise>(turned(planar, shape), step);
}

NoiseSeries torch_series(std::uint64_t seed, const NoiseShape& shape, std::uint32_t draw,
                         std::span<const FurtherDraw> draws) {
  TorchGenerator generator(seed);
  for (std::uint32_t i = 0; i < draw; ++i) {
    generator.skip_randn(shape.samples());
    for (const FurtherDraw& further : draws) generator.skip_randn(further.shape.samples());
  }
  NoiseSeries series{torch_next(generator, shape, 0), {}};
  for (const FurtherDraw& further : draws) {
    series.further.push_back(torch_next(generator, further.shape, further.step));
  }
  return series;
}

void torch_randn(std::uint64_t seed, std::uint32_t draw, std::span<float> planar) {
  TorchGenerator generator(seed);
  for (std::uint32_t i = 0; i < draw; ++i) generator.skip_randn(planar.size());
  generator.randn(planar);
}

void torch_cuda(std::uint64_t seed, std::uint32_t draw, std::span<float> planar) {
  if (draw != 0) fail(Named{"rng"}, " torch-cuda: only the first draw of a seed is known");
  torch_cuda_randn(seed, planar);
}

void numpy(std::uint64_t seed, std::uint32_t draw, std::span<float> planar) {
  numpy_standard_normal(seed, planar, std::uint64_t{draw} * planar.size());
}

constexpr Generator kGenerators[] = {
    {"philox", true, true, 0, philox, philox_series},
    {"torch", false, true, kDrawn, drawn<torch_randn>, torch_series},
    {"torch-cuda", false, false, kDrawn, drawn<torch_cuda>, nullptr},
    {"numpy", false, true, kDrawn, drawn<numpy>, nullptr},
};

}  // namespace

std::span<const Generator> generators() { return kGenerators; }

const Generator& find_generator(std::string_view name) {
  std::string known;
  for (const Generator& generator : kGenerators) {
    if (generator.name == name) return generator;
    known += (known.empty() ? "" : ", ") + std::string(generator.name);
  }
  fail("unknown noise '", name, "'; known are ", known);
}

}  // namespace qsample
