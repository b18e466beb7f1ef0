// The forward process on an image in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "qsample/image.h"
#include "qsample/path.h"
#include "qsample/pixels.h"
#include "qsample/run.h"

namespace qsample {

/// A noised image, and how many of its samples were outside the range of its integers when it was
/// noised.
struct Frame {
  Image image;
  std::size_t clipped = 0;
  std::size_t noised = image.samples();  ///< of how many
};

/// x_t of `image` along `path`. Colours are noised; alpha passes through. `depth` is 8 or 16 bits,
/// for integers that `range` maps to, or 32 or 64 for floats, x_t itself, which is computed in
/// float64 of an image that has 64. With the image's own depth and
/// the default range, t = 0 gives the same pixels. Takes the image over: where the depth stays, its
/// samples become the frame's, in place. Tells of "rows noised".
[[nodiscard]] Frame noise_image(Image image, const NoisePath& path, int t, int depth, Range range,
                                const RunOptions& run = {});

/// An image of the size, the alpha and the annotations of `clean` whose colours are still to be
/// set.
[[nodiscard]] Image frame_for(const Image& clean, int depth);

/// The image with samples of 8 bits, to which `range` maps; alpha likewise, without annotations.
[[nodiscard]] Image in_eight_bits(const Image& image, Range range = {});

/// Sets samples first .. first + eps.size() - 1 of `frame` to mix.x0 * x_0 + mix.eps * eps;
/// returns how many were clipped. `frame` may be `clean`.
std::size_t set_samples(Image& frame, const Image& clean, Mix mix, std::span<const float> eps,
                        std::size_t first, Range range);

/// Whether an image has 64-bit floats along a path that may take its noise in float64.
[[nodiscard]] bool takes_doubles(const Image& clean, const NoisePath& path);

/// set_samples of such an image, for samples first .. first + count - 1 of a frame of floats. The
/// frame is a part of the path's image from sample number `offset` on.
void set_doubles(Image& frame, const Image& clean, Mix mix, const NoisePath& path,
                 std::size_t first, std::size_t count, std::uint64_t offset = 0);

}  // namespace qsample
