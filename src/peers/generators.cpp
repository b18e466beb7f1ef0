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
template <class T>
class DrawnNoise final : public NoiseSource {
 public:
  explicit DrawnNoise(std::vector<T> interleaved, std::uint32_t step = 0)
      : eps_(std::move(interleaved)), step_(step) {}

  void fill(std::uint32_t step, std::uint64_t first, std::span<float> eps) const override {
    copy(step, first, eps);
  }
  void fill(std::uint32_t step, std::uint64_t first, std::span<double> eps) const override {
    copy(step, first, eps);
  }

 private:
  template <class To>
  void copy(std::uint32_t step, std::uint64_t first, std::span<To> eps) const {
    if (step != step_) fail("noise that is drawn once for an image has no stream ", step);
    if (first > eps_.size() || eps.size() > eps_.size() - first) {
      fail("noise that is drawn once for an image has ", eps_.size(), " samples");
    }
    std::transform(eps_.begin() + static_cast<std::ptrdiff_t>(first),
                   eps_.begin() + static_cast<std::ptrdiff_t>(first + eps.size()), eps.begin(),
                   [](T sample) { return static_cast<To>(sample); });
  }

  std::vector<T> eps_;
  std::uint32_t step_;
};

// A tensor (items, channels, frames, height, width) in the order of our images.
template <class T>
std::vector<T> turned(const std::vector<T>& planar, const NoiseShape& shape) {
  const auto channels = static_cast<std::size_t>(shape.channels);
  if (shape.items == 1) return from_planar(planar, channels);
  std::vector<T> all;
  all.reserve(planar.size());
  const auto size = static_cast<std::ptrdiff_t>(shape.samples_an_item());
  for (auto item = planar.begin(); item != planar.end(); item += size) {
    const auto samples = from_planar(std::vector<T>(item, item + size), channels);
    all.insert(all.end(), samples.begin(), samples.end());
  }
  return all;
}

// It is drawn planar, then turned; of doubles each takes two floats.
constexpr std::size_t kDrawn = 2 * sizeof(float);
constexpr std::size_t kDrawnDoubles = 2 * sizeof(double);

template <void (*kDraw)(std::uint64_t seed, const NoiseShape& shape, std::uint32_t draw,
                        std::span<float> planar)>
std::unique_ptr<NoiseSource> drawn(std::uint64_t seed, const NoiseShape& shape,
                                   std::uint32_t draw) {
  std::vector<float> planar(shape.samples());
  kDraw(seed, shape, draw, planar);
  return std::make_unique<DrawnNoise<float>>(turned(planar, shape));
}

std::unique_ptr<NoiseSource> philox(std::uint64_t seed, const NoiseShape& shape,
                                    std::uint32_t draw) {
  return std::make_unique<PhiloxNoise>(seed, draw, static_cast<std::uint32_t>(shape.items),
                                       shape.samples_an_item());
}

// A number for each item, each a draw of its own.
std::unique_ptr<NoiseSource> philox_uniforms(std::uint64_t seed, const FurtherDraw& further,
                                             std::uint32_t draw) {
  const auto items = static_cast<std::uint32_t>(further.shape.items);
  std::vector<float> numbers;
  for (std::uint32_t item = 0; item < items; ++item) {
    // The upper 24 bits, which a float holds.
    const std::uint64_t bits = uniform_bits(seed, draw * items + item, further.step) >> 40;
    numbers.push_back(static_cast<float>(bits) * 0x1p-24F);
  }
  return std::make_unique<DrawnNoise<float>>(std::move(numbers), further.step);
}

NoiseSeries philox_series(std::uint64_t seed, const NoiseShape& shape, std::uint32_t draw,
                          std::span<const FurtherDraw> draws) {
  NoiseSeries series;
  series.noise = philox(seed, shape, draw);
  series.further.reserve(draws.size());
  for (const FurtherDraw& further : draws) {
    if (further.law == FurtherDraw::Law::uniform) {
      series.further.push_back(philox_uniforms(seed, further, draw));
    } else {
      series.further.push_back(philox(seed, further.shape, draw));
    }
  }
  return series;
}

template <class T>
std::unique_ptr<NoiseSource> torch_drawn(TorchGenerator& generator, const NoiseShape& shape,
                                         std::uint32_t step,
                                         void (TorchGenerator::*randn)(std::span<T>)) {
  std::vector<T> planar(shape.samples());
  (generator.*randn)(planar);
  return std::make_unique<DrawnNoise<T>>(turned(planar, shape), step);
}

std::unique_ptr<NoiseSource> torch_next(TorchGenerator& generator, const NoiseShape& shape,
                                        std::uint32_t step) {
  switch (shape.dtype) {
    case Dtype::float64: return torch_drawn<double>(generator, shape, step, &TorchGenerator::randn);
    case Dtype::float16: return torch_drawn(generator, shape, step, &TorchGenerator::randn_float16);
    case Dtype::bfloat16:
      return torch_drawn(generator, shape, step, &TorchGenerator::randn_bfloat16);
    case Dtype::float32: break;
  }
  return torch_drawn<float>(generator, shape, step, &TorchGenerator::randn);
}

void torch_skip(TorchGenerator& generator, const NoiseShape& shape) {
  generator.skip_randn(shape.samples(), shape.dtype == Dtype::float64 ? 2 : 1);
}

void torch_skip(TorchGenerator& generator, const FurtherDraw& further) {
  if (further.law == FurtherDraw::Law::normal) return torch_skip(generator, further.shape);
  std::vector<float> numbers(further.shape.samples());
  generator.rand(numbers);
}

std::unique_ptr<NoiseSource> torch_next(TorchGenerator& generator, const FurtherDraw& further) {
  if (further.law == FurtherDraw::Law::normal) {
    return torch_next(generator, further.shape, further.step);
  }
  std::vector<float> numbers(further.shape.samples());
  generator.rand(numbers);
  return std::make_unique<DrawnNoise<float>>(std::move(numbers), further.step);
}

NoiseSeries torch_series(std::uint64_t seed, const NoiseShape& shape, std::uint32_t draw,
                         std::span<const FurtherDraw> draws) {
  TorchGenerator generator(seed);
  for (std::uint32_t i = 0; i < draw; ++i) {
    torch_skip(generator, shape);
    for (const FurtherDraw& further : draws) torch_skip(generator, further);
  }
  NoiseSeries series;
  series.noise = torch_next(generator, shape, 0);
  series.further.reserve(draws.size());
  for (const FurtherDraw& further : draws) {
    series.further.push_back(torch_next(generator, further));
  }
  return series;
}

std::unique_ptr<NoiseSource> torch(std::uint64_t seed, const NoiseShape& shape,
                                   std::uint32_t draw) {
  return torch_series(seed, shape, draw, {}).noise;
}

void torch_cuda(std::uint64_t seed, const NoiseShape& shape, std::uint32_t draw,
                std::span<float> planar) {
  if (draw != 0) fail(Named{"rng"}, " torch-cuda: only the first draw of a seed is known");
  torch_cuda_randn(seed, planar, shape.device_threads);
}

template <class T>
std::unique_ptr<NoiseSource> numpy_drawn(std::uint64_t seed, const NoiseShape& shape,
                                         std::uint32_t draw) {
  std::vector<T> planar(shape.samples());
  numpy_standard_normal(seed, planar, std::uint64_t{draw} * planar.size());
  return std::make_unique<DrawnNoise<T>>(turned(planar, shape));
}

std::unique_ptr<NoiseSource> numpy(std::uint64_t seed, const NoiseShape& shape,
                                   std::uint32_t draw) {
  return shape.dtype == Dtype::float64 ? numpy_drawn<double>(seed, shape, draw)
                                       : numpy_drawn<float>(seed, shape, draw);
}

// (H, W, C), as our images are.
std::unique_ptr<NoiseSource> numpy_legacy(std::uint64_t seed, const NoiseShape& shape,
                                          std::uint32_t draw) {
  std::vector<double> samples(shape.samples());
  numpy_legacy_normal(seed, samples, std::uint64_t{draw} * samples.size());
  return std::make_unique<DrawnNoise<double>>(std::move(samples));
}

constexpr Generator kGenerators[] = {
    {"philox", true, true, 0, philox, philox_series},
    {"torch", false, true, kDrawnDoubles, torch, torch_series},
    {"torch-cuda", false, false, kDrawn, drawn<torch_cuda>, nullptr},
    {"numpy", false, true, kDrawnDoubles, numpy, nullptr},
    {"numpy-legacy", false, true, sizeof(double), numpy_legacy, nullptr},
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
