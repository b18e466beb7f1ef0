// The forward process on an image in memory.
#pragma once

#include <cstddef>
#include <span>

#include "io/image.h"
#include "pipeline/parallel.h"
#include "qsample/path.h"

namespace qsample {

/// x_t of `clean` along `path`. Colours are noised and clamped to the integer range, alpha passes
/// through. `depth` is 8 or 16 bits, or 0 for the image's own. With the same depth, t = 0 gives the
/// same pixels. Throws Interrupted soon after `stop` is set.
[[nodiscard]] Image noise_image(const Image& clean, const NoisePath& path, int t, int depth,
                                int workers, Stop stop = nullptr);

/// An image of the size and alpha of `clean` whose colours are still to be set.
[[nodiscard]] Image frame_for(const Image& clean, int depth);

/// Sets samples first .. first + eps.size() - 1 of `frame` to mix.signal * x_0 + mix.noise * eps.
void set_samples(Image& frame, const Image& clean, Mix mix, std::span<const float> eps,
                 std::size_t first);

}  // namespace qsample
