// Noised images scaled for looking at.
#pragma once

#include <cstddef>

#include "pipeline/noise_image.h"
#include "qsample/jobs/options.h"

namespace qsample {

struct ViewSize {
  int width, height;
};

/// The largest size of the image's shape within the view; its own where there is none.
[[nodiscard]] ViewSize view_size(const Image& image, const View& view);

/// The frame in the size of the view: colours and alpha each by themselves. Where the view asks for
/// no other size, the very same. Throws Error where the module that scales can't be loaded.
[[nodiscard]] Frame viewed(Frame frame, const View& view);

/// Bytes that viewed() takes besides an image of this size and these channels, at a depth.
[[nodiscard]] std::size_t view_memory(const Image& image, int depth, const View& view);

}  // namespace qsample
