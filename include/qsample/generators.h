// Whose noise an image gets: qsample's own, or the stream that a peer draws for the seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "qsample/image.h"
#include "qsample/noise.h"

namespace qsample {

/// The image that noise is for, in pixels and colour channels; or the tensor, of frames and items.
struct NoiseShape {
  int width = 0;
  int height = 0;
  int channels = 0;
  int frames = 1;
  int items = 1;
  /// What peers draw in: of torch each dtype has a stream of its own, of numpy float64, others have
  /// one.
  Dtype dtype = Dtype::float32;
  /// Threads that a CUDA device has at once; 0 where that is not known.
  std::size_t device_threads = 0;

  [[nodiscard]] std::size_t samples_an_item() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
           static_cast<std::size_t>(channels) * static_cast<std::size_t>(frames);
  }
  [[nodiscard]] std::size_t samples() const {
    return samples_an_item() * static_cast<std::size_t>(items);
  }
};

/// A draw that follows the noise of an image.
struct FurtherDraw {
  /// Normal numbers, or uniform ones of [0, 1), of which there is one an item.
  enum class Law { normal, uniform };

  std::uint32_t step;  ///< of our own noise the stream; of a uniform its number (uniform_bits)
  NoiseShape shape;
  Law law = Law::normal;
};

/// The noise of an image, and what is drawn after it: further[i] has stream number draws[i].step.
struct NoiseSeries {
  std::unique_ptr<NoiseSource> noise;
  std::vector<std::unique_ptr<NoiseSource>> further;
};

/// One row of the table of noises. Rows get added, never changed or removed, so that an old command
/// line keeps its result.
struct Generator {
  std::string_view name;
  bool has_steps;                 ///< a stream for each step, not stream 0 alone
  bool has_draws;                 ///< further draws for a seed, not draw 0 alone
  std::size_t memory_per_sample;  ///< bytes at the most, as long as there is a source
  /// The noise of one image or tensor, one of its draws: of a peer, what it draws for the image
  /// after it has drawn that many times before. Throws InvalidArgument for a shape that the
  /// generator does not do.
  std::unique_ptr<NoiseSource> (*make)(std::uint64_t seed, const NoiseShape& shape,
                                       std::uint32_t draw);
  /// The same, and what is drawn after it, once for each time that it is drawn. Null where nothing
  /// is known to follow.
  NoiseSeries (*make_series)(std::uint64_t seed, const NoiseShape& shape, std::uint32_t draw,
                             std::span<const FurtherDraw> draws);
};

/// Every noise, in the order in which help shows them: qsample's own, "philox", comes first.
[[nodiscard]] std::span<const Generator> generators();

/// The row of this name; throws InvalidArgument with the known names.
[[nodiscard]] const Generator& find_generator(std::string_view name);

}  // namespace qsample
