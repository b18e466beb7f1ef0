#include "pipeline/processes/seen_image.h"

#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "pipeline/noise_image.h"

namespace qsample {
namespace {

// x of the samples of one channel of one frame, which begin at `first`.
template <class T>
void take_plane(std::span<const T> samples, std::size_t first, std::size_t channels,
                std::span<double> plane) {
  for (std::size_t i = 0; i < plane.size(); ++i) {
    const T& sample = samples[first + i * channels];
    if constexpr (std::is_floating_point_v<T>) {
      plane[i] = static_cast<double>(sample);
    } else {
      // As x that the forward process has of integers elsewhere, in float32.
      float x = 0;
      pixels_to_x(std::span(&sample, 1), std::span(&x, 1));
      plane[i] = static_cast<double>(x);
    }
  }
}

template <class T>
void put_plane(std::span<const double> plane, std::size_t first, std::size_t channels,
               std::span<T> samples) {
  for (std::size_t i = 0; i < plane.size(); ++i) {
    samples[first + i * channels] = static_cast<T>(plane[i]);
  }
}

void blur_colours(const Blur& blur, const Image& clean, Image& blurred, int workers,
                  const NoisePath::Poll& poll) {
  const auto channels = static_cast<std::size_t>(clean.channels);
  const std::size_t pixels = clean.pixels();
  std::vector<double> plane(pixels);
  for (std::size_t frame = 0; frame < clean.samples() / (pixels * channels); ++frame) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      if (poll) poll();
      const std::size_t first = frame * pixels * channels + channel;
      std::visit(
          [&]<class From, class To>(const Planes<From>& from, Planes<To>& to) {
            take_plane(std::span<const From>(from.colour), first, channels, plane);
            blur_plane(blur, clean.width, clean.height, plane, workers);
            if constexpr (std::is_floating_point_v<To>) {
              put_plane<To>(plane, first, channels, to.colour);
            }
          },
          clean.planes, blurred.planes);
    }
  }
}

}  // namespace

Image seen_at(const ForwardProcess& process, Image clean, int t, int workers,
              const NoisePath::Poll& poll) {
  const auto blur = process.corruption.blur(process.schedule, t);
  if (!blur || blur->sigma == 0) return clean;
  Image blurred = frame_for(clean, clean.depth() == 64 ? 64 : 32);
  blur_colours(*blur, clean, blurred, workers, poll);
  return blurred;
}

}  // namespace qsample
