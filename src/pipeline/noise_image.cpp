#include "pipeline/noise_image.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "qsample/forward.h"

namespace qsample {
namespace {

// Samples that one thread takes at a time; their floats fit the second-level cache.
constexpr std::size_t kRun = 8192;
constexpr std::size_t kRunsUntold = 64;
// Samples converted at a time, within the first-level cache.
constexpr std::size_t kPiece = 2048;

template <class T>
constexpr double kMax = std::is_floating_point_v<T> ? 1.0 : std::numeric_limits<T>::max();

template <class To, class From>
To convert_alpha(From v) {
  if constexpr (std::is_same_v<To, From>) {
    return v;
  } else if constexpr (std::is_floating_point_v<To>) {
    return static_cast<To>(static_cast<double>(v) / kMax<From>);
  } else {
    const double scaled = std::clamp(static_cast<double>(v), 0.0, kMax<From>) / kMax<From>;
    return static_cast<To>(std::nearbyint(scaled * kMax<To>));
  }
}

template <class T>
Planes<T> planes_for(const Image& clean) {
  Planes<T> planes;
  planes.colour.resize(clean.samples());
  std::visit(
      [&]<class From>(const Planes<From>& from) {
        planes.alpha.resize(from.alpha.size());
        std::transform(from.alpha.begin(), from.alpha.end(), planes.alpha.begin(),
                       convert_alpha<T, From>);
      },
      clean.planes);
  return planes;
}

void to_x(std::span<const float> samples, std::span<float> x) {
  std::copy(samples.begin(), samples.end(), x.begin());
}

void to_x(std::span<const double> samples, std::span<float> x) {
  std::transform(samples.begin(), samples.end(), x.begin(),
                 [](double sample) { return static_cast<float>(sample); });
}

template <class T>
void to_x(std::span<const T> samples, std::span<float> x) {
  pixels_to_x(samples, x);
}

// As q_sample has it, in float64.
template <class To>
void mix_doubles(std::span<const double> x0, std::span<const float> eps, Mix mix,
                 std::span<To> out) {
  for (std::size_t i = 0; i < x0.size(); ++i) {
    out[i] = static_cast<To>(mix.x0 * x0[i] + mix.eps * static_cast<double>(eps[i]));
  }
}

// Noises these samples of integers in place, with noise from one stream: returns how many were
// clipped. Nothing for floats.
std::optional<std::size_t> noise_in_place(Image& image, NoiseKey key, Mix mix, Range range,
                                          std::size_t first, std::size_t count) {
  return std::visit(
      [&]<class T>(Planes<T>& planes) -> std::optional<std::size_t> {
        if constexpr (std::is_floating_point_v<T>) {
          return std::nullopt;
        } else {
          return noise_pixels(key, first, mix, range,
                              std::span(planes.colour).subspan(first, count));
        }
      },
      image.planes);
}

}  // namespace

Image frame_for(const Image& clean, int depth) {
  Image frame{clean.width, clean.height, clean.channels, {}, clean.annotations, clean.damage};
  frame.reader = clean.reader;
  frame.frames = clean.frames;
  frame.items = clean.items;
  switch (depth) {
    case 8: frame.planes = planes_for<std::uint8_t>(clean); break;
    case 16: frame.planes = planes_for<std::uint16_t>(clean); break;
    case 64: frame.planes = planes_for<double>(clean); break;
    default: frame.planes = planes_for<float>(clean); break;
  }
  return frame;
}

Image in_eight_bits(const Image& image, Range range) {
  Image out = frame_for(image, 8);
  out.annotations = {};
  auto& to = std::get<Planes<std::uint8_t>>(out.planes).colour;
  std::visit(
      [&]<class From>(const Planes<From>& from) {
        std::array<float, kPiece> buffer;
        for (std::size_t i = 0; i < to.size(); i += kPiece) {
          const std::span x(buffer.data(), std::min(kPiece, to.size() - i));
          to_x(std::span(from.colour).subspan(i, x.size()), x);
          x_to_pixels(x, std::span(to).subspan(i, x.size()), range);
        }
      },
      image.planes);
  return out;
}

bool takes_doubles(const Image& clean, const NoisePath& path) {
  return clean.depth() == 64 && path.kind() == PathKind::shared;
}

void set_doubles(Image& frame, const Image& clean, Mix mix, const NoisePath& path,
                 std::size_t first, std::size_t count, std::uint64_t offset) {
  const auto& x0 = std::get<Planes<double>>(clean.planes).colour;
  std::visit(
      [&]<class To>(Planes<To>& to) {
        if constexpr (std::is_floating_point_v<To>) {
          std::array<double, kPiece> eps;
          for (std::size_t i = first; i < first + count; i += kPiece) {
            const std::span piece(eps.data(), std::min(kPiece, first + count - i));
            path.noise().fill(0, offset + i, piece);
            for (std::size_t k = 0; k < piece.size(); ++k) {
              to.colour[i + k] = static_cast<To>(mix.x0 * x0[i + k] + mix.eps * piece[k]);
            }
          }
        }
      },
      frame.planes);
}

std::size_t set_samples(Image& frame, const Image& clean, Mix mix, std::span<const float> eps,
                        std::size_t first, Range range) {
  std::size_t clipped = 0;
  std::visit(
      [&]<class To, class From>(Planes<To>& to, const Planes<From>& from) {
        std::array<float, kPiece> buffer;
        for (std::size_t i = 0; i < eps.size(); i += kPiece) {
          const std::size_t n = std::min(kPiece, eps.size() - i);
          const std::span x(buffer.data(), n);
          const std::span out = std::span(to.colour).subspan(first + i, n);
          const std::span<const From> x0 = std::span(from.colour).subspan(first + i, n);
          if constexpr (std::is_same_v<From, double> && std::is_floating_point_v<To>) {
            mix_doubles(x0, eps.subspan(i, n), mix, out);
            continue;
          }
          to_x(x0, x);
          if constexpr (std::is_same_v<To, float>) {
            q_sample(x, eps.subspan(i, n), mix, out);
          } else if constexpr (std::is_same_v<To, double>) {
            q_sample(x, eps.subspan(i, n), mix, x);
            std::copy(x.begin(), x.end(), out.begin());
          } else {
            q_sample(x, eps.subspan(i, n), mix, x);
            clipped += x_to_pixels(x, out, range);
          }
        }
      },
      frame.planes, clean.planes);
  return clipped;
}

Frame noise_image(Image image, const NoisePath& path, int t, int depth, Range range,
                  const RunOptions& run) {
  std::optional<Image> apart;
  if (depth != image.depth()) apart = frame_for(image, depth);
  Image& frame = apart ? *apart : image;
  std::atomic<std::size_t> clipped{0};
  const std::size_t samples = image.samples();
  const auto key = path.key(t);
  const std::size_t row =
      std::max<std::size_t>(1, samples / static_cast<std::size_t>(image.height));
  std::atomic<std::size_t> noised{0};
  parallel_for((samples + kRun - 1) / kRun, run.workers, [&](std::size_t i) {
    const std::size_t first = i * kRun;
    const std::size_t count = std::min(kRun, samples - first);
    throw_if(run.stop);
    const std::size_t done = noised += count;
    if (i % kRunsUntold == 0) run.tell({"rows noised", done / row, samples / row});
    if (!apart && key) {
      const auto fused = noise_in_place(frame, *key, path.schedule().mix(t), range, first, count);
      clipped += fused.value_or(0);
      if (fused) return;
    }
    if (depth >= 32 && takes_doubles(image, path)) {
      set_doubles(frame, image, path.schedule().mix(t), path, first, count);
      return;
    }
    const std::array ts = {t};
    path.visit(ts, first, count, [&](int /*t*/, Mix mix, std::span<const float> eps) {
      clipped += set_samples(frame, image, mix, eps, first, range);
    });
  });
  return {std::move(frame), clipped};
}

}  // namespace qsample
