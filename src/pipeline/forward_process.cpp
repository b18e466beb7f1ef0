#include "qsample/jobs/forward_process.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/fail.h"
#include "pipeline/memory_budget.h"
#include "qsample/pixels.h"

namespace qsample {
namespace {

// Samples converted at a time, within the first-level cache.
constexpr std::size_t kPiece = 2048;

}  // namespace

ForwardProcess::ForwardProcess(const ScheduleSpec& chosen, PathKind kind,
                               const Generator& generator, std::string file,
                               const NoiseAdditions& to_add, const Corruption& how)
    : spec(resolved(chosen)),
      schedule(make_schedule(spec)),
      path(kind),
      rng(&generator),
      schedule_file(std::move(file)),
      additions(to_add),
      corruption(resolved(how)) {
  check_additions(additions, *rng);
  if (additions.any() && path != PathKind::shared) {
    fail("what trainers add to the noise is drawn once for an image: use ", Named{"path"},
         " shared, not ", path_name(path));
  }
  if (corruption.is_discrete()) {
    if (additions.any() || rng != &generators().front()) {
      fail(Named{"process"}, " ", corruption.family->name,
           " draws uniforms of qsample's own, and no Gaussian noise: leave out `rng` and what is "
           "added to the noise");
    }
    chain = std::make_shared<const DiscreteChain>(schedule, *corruption.family->transition);
  }
  if (!rng->has_steps && path != PathKind::shared) {
    fail(Named{"rng"}, " ", rng->name, " draws one noise for an image: use `path` shared, not ",
         path_name(path));
  }
}

namespace {

// The noise of one item of a batch.
class ItemNoise final : public NoiseSource {
 public:
  ItemNoise(std::unique_ptr<NoiseSource> batch, std::uint32_t item, std::size_t samples)
      : batch_(std::move(batch)), first_(std::uint64_t{item} * samples) {}

  void fill(std::uint32_t step, std::uint64_t first, std::span<float> eps) const override {
    batch_->fill(step, first_ + first, eps);
  }
  void fill(std::uint32_t step, std::uint64_t first, std::span<double> eps) const override {
    batch_->fill(step, first_ + first, eps);
  }

 private:
  std::unique_ptr<NoiseSource> batch_;
  std::uint64_t first_;
};

// The mean of x_0 in each channel of each item.
std::vector<double> channel_means(const Image& image) {
  const auto channels = static_cast<std::size_t>(image.channels);
  const auto items = static_cast<std::size_t>(image.items);
  const std::size_t item = image.samples() / items;
  std::vector<double> means(channels * items);
  std::visit(
      [&]<class T>(const Planes<T>& planes) {
        std::array<float, kPiece> x;
        for (std::size_t i = 0; i < planes.colour.size(); i += kPiece) {
          const auto from =
              std::span(planes.colour).subspan(i, std::min(kPiece, planes.colour.size() - i));
          if constexpr (std::is_floating_point_v<T>) {
            std::transform(from.begin(), from.end(), x.begin(),
                           [](T sample) { return static_cast<float>(sample); });
          } else {
            pixels_to_x(from, std::span(x).first(from.size()));
          }
          for (std::size_t j = 0; j < from.size(); ++j) {
            means[(i + j) / item * channels + (i + j) % channels] += static_cast<double>(x[j]);
          }
        }
      },
      image.planes);
  const std::size_t pixels = item / channels;
  for (double& mean : means) mean /= static_cast<double>(pixels);
  return means;
}

}  // namespace

std::unique_ptr<NoiseSource> ForwardProcess::noise(std::uint64_t seed, const Image& image,
                                                   std::uint32_t draw, NoisePart part) const {
  std::vector<double> means;
  if (additions.offset_adaptive != 0) means = channel_means(image);
  NoiseShape shape{image.width,   image.height, image.channels,
                   image.frames,  image.items,  noise_dtype.value_or(image.annotations.dtype),
                   device_threads};
  if (batch.items == 1) return add_to_noise(additions, *rng, seed, shape, draw, part, means);
  if (image.items != 1) {
    fail(Named{"item"}, ": an image is an item of a batch, and this is a batch of ", image.items);
  }
  const auto items = static_cast<std::uint32_t>(batch.items);
  const auto item = static_cast<std::uint32_t>(batch.item);
  if (rng->has_steps) {
    // Each item is a draw of its own.
    return add_to_noise(additions, *rng, seed, shape, draw * items + item, part, means);
  }
  const std::size_t samples = shape.samples();
  shape.items = batch.items;
  const std::size_t channels = means.size();
  for (std::uint32_t i = 1; i < items; ++i) {
    means.insert(means.end(), means.begin(), means.begin() + static_cast<std::ptrdiff_t>(channels));
  }
  return std::make_unique<ItemNoise>(add_to_noise(additions, *rng, seed, shape, draw, part, means),
                                     item, samples);
}

std::size_t noise_memory(const ForwardProcess& process, const Footprint& image) {
  const auto items =
      process.rng->has_steps ? std::size_t{1} : static_cast<std::size_t>(process.batch.items);
  return items * (process.rng->memory_per_sample * image.samples +
                  additional_memory(process.additions, *process.rng, image.samples));
}

std::size_t corruption_memory(const ForwardProcess& process, const Footprint& image) {
  // The values at t, and zeros for the noise.
  if (process.corruption.is_discrete()) return image.samples * (2 + sizeof(float));
  if (process.corruption.family->blur == nullptr) return 0;
  // x_0 as floats, and two planes of one of its channels in float64.
  const std::size_t sample = image.depth == 64 ? sizeof(double) : sizeof(float);
  return image.samples * (sample + 2 * sizeof(double));
}

std::size_t visit_memory(const ForwardProcess& process, const Footprint& image) {
  // The tree's two ends, and a node at each of its levels, and a real place below them.
  const auto steps = static_cast<unsigned>(process.schedule.steps());
  const std::size_t arrays = process.path == PathKind::markov
                                 ? 2 + static_cast<std::size_t>(std::bit_width(steps)) +
                                       (process.schedule.points() > 0 ? 1U : 0U)
                                 : 1;
  return arrays * sizeof(float) * image.samples + corruption_memory(process, image);
}

}  // namespace qsample
