#include "pipeline/noise_image.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "qsample/forward.h"

namespace qsample {
namespace {

// Samples that one thread takes at a time; their floats fit the second-level cache.
constexpr std::size_t kRun = 8192;
// Samples converted at a time, within the first-level cache.
constexpr std::size_t kPiece = 2048;

template <class To, class From>
std::vector<To> convert_alpha(const std::vector<From>& alpha) {
  if constexpr (std::is_same_v<To, From>) {
    return alpha;
  } else {
    std::vector<To> out(alpha.size());
    std::transform(alpha.begin(), alpha.end(), out.begin(), [](From v) {
      // 65535 = 255 * 257, so deepening is exact and its inverse rounds to nearest.
      if constexpr (sizeof(To) > sizeof(From)) return static_cast<To>(v * 257U);
      return static_cast<To>((v + 128U) / 257U);
    });
    return out;
  }
}

}  // namespace

Image frame_for(const Image& clean, int depth) {
  Image frame{clean.width, clean.height, clean.channels, {}};
  const auto fill = [&]<class T>(T /*sample*/) {
    Planes<T> planes;
    planes.colour.resize(clean.samples());
    planes.alpha =
        std::visit([](const auto& p) { return convert_alpha<T>(p.alpha); }, clean.planes);
    frame.planes = std::move(planes);
  };
  if ((depth == 0 ? clean.depth() : depth) == 8) {
    fill(std::uint8_t{});
  } else {
    fill(std::uint16_t{});
  }
  return frame;
}

void set_samples(Image& frame, const Image& clean, Mix mix, std::span<const float> eps,
                 std::size_t first) {
  std::visit(
      [&](auto& to, const auto& from) {
        std::array<float, kPiece> buffer;
        for (std::size_t i = 0; i < eps.size(); i += kPiece) {
          const std::size_t n = std::min(kPiece, eps.size() - i);
          const std::span x(buffer.data(), n);
          pixels_to_x(std::span(from.colour).subspan(first + i, n), x);
          q_sample(x, eps.subspan(i, n), mix, x);
          x_to_pixels(x, std::span(to.colour).subspan(first + i, n));
        }
      },
      frame.planes, clean.planes);
}

Image noise_image(const Image& clean, const NoisePath& path, int t, int depth, int workers,
                  Stop stop) {
  Image frame = frame_for(clean, depth);
  const std::size_t samples = clean.samples();
  parallel_for((samples + kRun - 1) / kRun, workers, [&](std::size_t run) {
    throw_if(stop);
    const std::size_t first = run * kRun;
    const std::array ts = {t};
    path.visit(ts, first, std::min(kRun, samples - first),
               [&](int /*t*/, Mix mix, std::span<const float> eps) {
                 set_samples(frame, clean, mix, eps, first);
               });
  });
  return frame;
}

}  // namespace qsample
