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

// What a peer draws for a tensor (1, C, H, W), in the order of our images.
class DrawnNoise final : public NoiseSource {
 public:
  explicit DrawnNoise(std::vector<float> interleaved) : eps_(std::move(interleaved)) {}

  void fill(std::uint32_t step, std::uint64_t first, std::span<float> eps) const override {
    if (step != 0) fail("noise that is drawn once for an image has no stream ", step);
    if (first > eps_.size() || eps.size() > eps_.size() - first) {
      fail("noise that is drawn once for an image has ", eps_.size(), " samples");
    }
    std::copy_n(eps_.begin() + static_cast<std::ptrdiff_t>(first), eps.size(), eps.begin());
  }

 private:
  std::vector<float> eps_;
};

// It is drawn planar, then turned.
constexpr std::size_t kDrawn = 2 * sizeof(float);

template <void (*kDraw)(std::uint64_t seed, std::uint32_t draw, std::span<float> planar)>
std::unique_ptr<NoiseSource> drawn(std::uint64_t seed, const NoiseShape& shape,
                                   std::uint32_t draw) {
  std::vector<float> planar(shape.samples());
  kDraw(seed, draw, planar);
  return std::make_unique<DrawnNoise>(
      from_planar(planar, static_cast<std::size_t>(shape.channels)));
}

std::unique_ptr<NoiseSource> philox(std::uint64_t seed, const NoiseShape& shape,
                                    std::uint32_t draw) {
  return std::make_unique<PhiloxNoise>(seed, draw, static_cast<std::uint32_t>(shape.items),
                                       shape.samples_an_item());
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
    {"philox", true, true, 0, philox},
    {"torch", false, true, kDrawn, drawn<torch_randn>},
    {"torch-cuda", false, false, kDrawn, drawn<torch_cuda>},
    {"numpy", false, true, kDrawn, drawn<numpy>},
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
