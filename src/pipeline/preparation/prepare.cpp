#include "pipeline/preparation/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "opencv/drawing/drawing.h"
#include "qsample/error.h"
#include "qsample/noise.h"

namespace qsample {
namespace {

template <class T>
T rounded(double value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    const double most = std::numeric_limits<T>::max();
    return static_cast<T>(std::nearbyint(std::clamp(value, 0.0, most)));
  }
}

// A colour's part as a sample: of floats as x.
template <class T>
double sample_of(std::uint8_t part) {
  if constexpr (std::is_floating_point_v<T>) {
    return part / 127.5 - 1;
  } else {
    return part / 255.0 * std::numeric_limits<T>::max();
  }
}

constexpr double kLuma[] = {0.299, 0.587, 0.114};

void flatten(Image& image, Colour colour) {
  const std::array parts = {colour.red, colour.green, colour.blue};
  const double grey = kLuma[0] * colour.red + kLuma[1] * colour.green + kLuma[2] * colour.blue;
  const auto channels = static_cast<std::size_t>(image.channels);
  std::visit(
      [&]<class T>(Planes<T>& planes) {
        const auto opaque =
            static_cast<double>(std::is_floating_point_v<T> ? T{1} : std::numeric_limits<T>::max());
        std::array<double, 3> behind{};
        for (std::size_t c = 0; c < behind.size(); ++c) {
          behind[c] = sample_of<T>(channels == 1 ? rounded<std::uint8_t>(grey) : parts[c]);
        }
        for (std::size_t i = 0; i < planes.colour.size(); ++i) {
          const double share = static_cast<double>(planes.alpha[i / channels]) / opaque;
          const auto over = static_cast<double>(planes.colour[i]);
          planes.colour[i] = rounded<T>(over * share + behind[i % channels] * (1 - share));
        }
        planes.alpha = {};
      },
      image.planes);
}

void set_alpha(Image& image, const Preparation& preparation) {
  if (preparation.alpha == AlphaMode::keep || !image.has_alpha()) return;
  if (preparation.alpha == AlphaMode::flatten && image.channels <= 3) {
    flatten(image, preparation.background);
  } else {
    std::visit([](auto& planes) { planes.alpha = {}; }, image.planes);
  }
}

template <class T>
std::vector<T> in_channels(const std::vector<T>& colour, int wanted) {
  std::vector<T> samples;
  if (wanted == 3) {
    samples.reserve(3 * colour.size());
    for (const T sample : colour) samples.insert(samples.end(), 3, sample);
    return samples;
  }
  samples.reserve(colour.size() / 3);
  for (std::size_t i = 0; i < colour.size(); i += 3) {
    double sum = 0;
    for (std::size_t c = 0; c < 3; ++c) sum += kLuma[c] * static_cast<double>(colour[i + c]);
    samples.push_back(rounded<T>(sum));
  }
  return samples;
}

void set_mode(Image& image, ColourMode mode, MemoryLease& lease) {
  if (mode == ColourMode::keep) return;
  const int wanted = mode == ColourMode::rgb ? 3 : 1;
  if (image.channels == wanted) return;
  if (image.channels != 1 && image.channels != 3) {
    throw Error(fmt::format("has {} channels, of which `mode` {} makes no colours", image.channels,
                            mode_name(mode)));
  }
  lease.hold_more(image.samples() / static_cast<std::size_t>(image.channels) *
                  static_cast<std::size_t>(wanted * image.depth() / 8));
  std::visit([&](auto& planes) { planes.colour = in_channels(planes.colour, wanted); },
             image.planes);
  image.channels = wanted;
  image.annotations.icc = {};
  image.annotations.colour = {};
}

struct Size {
  int width, height;
};

int scaled_side(int side, int to, int from) {
  return static_cast<int>(std::int64_t{side} * to / from);
}

// The size that covers, or fits within, the one asked for: one side of it exactly, and the other
// cut to whole pixels, as in torchvision.
Size scaled_size(const Image& image, const Preparation& preparation) {
  const auto [width, height] = Size{preparation.width, preparation.height};
  const bool wider = std::int64_t{image.width} * height > std::int64_t{image.height} * width;
  const bool by_height = preparation.crop == Crop::none ? !wider : wider;
  const Size size = by_height ? Size{scaled_side(image.width, height, image.height), height}
                              : Size{width, scaled_side(image.height, width, image.width)};
  if (size.width > kLongestSide || size.height > kLongestSide) {
    throw Error(fmt::format("would be {}x{} before it is cropped, and {} is the longest side",
                            size.width, size.height, kLongestSide));
  }
  return {std::max(1, size.width), std::max(1, size.height)};
}

// Where a part of `side` begins in a whole.
int place_of(const Preparation& preparation, int whole, int side, std::uint32_t number) {
  const int room = whole - side;
  if (preparation.crop == Crop::random) {
    const auto places = static_cast<std::uint32_t>(room) + 1;
    return static_cast<int>(uniform_from_seed(preparation.seed, places, 0, number)) - 1;
  }
  return static_cast<int>(std::nearbyint(room / 2.0));  // half to even, as in torchvision
}

template <class T>
std::vector<T> part_of(const std::vector<T>& samples, std::size_t width, std::size_t channels,
                       CropPlace at, Size size) {
  std::vector<T> part;
  const std::size_t row = static_cast<std::size_t>(size.width) * channels;
  part.reserve(row * static_cast<std::size_t>(size.height));
  for (int y = 0; y < size.height; ++y) {
    const auto from = samples.begin() +
                      static_cast<std::ptrdiff_t>((static_cast<std::size_t>(at.top + y) * width +
                                                   static_cast<std::size_t>(at.left)) *
                                                  channels);
    part.insert(part.end(), from, from + static_cast<std::ptrdiff_t>(row));
  }
  return part;
}

void crop(Image& image, const Preparation& preparation) {
  if (preparation.crop == Crop::none) return;
  const Size size{preparation.width, preparation.height};
  const CropPlace at{place_of(preparation, image.width, size.width, 1),
                     place_of(preparation, image.height, size.height, 2)};
  image.annotations.cropped_at = at;
  if (image.width == size.width && image.height == size.height) return;
  const auto width = static_cast<std::size_t>(image.width);
  std::visit(
      [&](auto& planes) {
        planes.colour =
            part_of(planes.colour, width, static_cast<std::size_t>(image.channels), at, size);
        if (!planes.alpha.empty()) planes.alpha = part_of(planes.alpha, width, 1, at, size);
      },
      image.planes);
  image.width = size.width;
  image.height = size.height;
}

void scale(Image& image, const Preparation& preparation, MemoryLease& lease) {
  const auto [width, height] = scaled_size(image, preparation);
  if (width == image.width && height == image.height) return;
  ViewFilter filter = preparation.filter;
  if (filter == ViewFilter::automatic) {
    filter = width < image.width ? ViewFilter::area : ViewFilter::lanczos;
  }
  const std::size_t channels =
      static_cast<std::size_t>(image.channels) + (image.has_alpha() ? 1 : 0);
  const auto samples = static_cast<std::size_t>(width) * channels;
  // The scaled image, the part of it that is taken, and its rows scaled, in floats.
  lease.hold_more(samples * static_cast<std::size_t>(height) *
                      static_cast<std::size_t>(2 * image.depth() / 8) +
                  samples * static_cast<std::size_t>(image.height) *
                      static_cast<std::size_t>(std::max(32, image.depth()) / 8));
  image = resampled(image, width, height, filter);
}

}  // namespace

Image prepared(Image image, const Preparation& preparation, MemoryLease& lease) {
  set_alpha(image, preparation);
  set_mode(image, preparation.mode, lease);
  if (!preparation.scales()) return image;
  scale(image, preparation, lease);
  crop(image, preparation);
  return image;
}

}  // namespace qsample
