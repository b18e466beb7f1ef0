// How two images differ.
#pragma once

#include <string>

#include "qsample/image.h"

namespace qsample {

/// In words, such as "312 of 442368 samples differ, by at most 17, the first at x 3, y 4"; empty
/// where size, depth and every sample are the same.
[[nodiscard]] std::string difference(const Image& a, const Image& b);

}  // namespace qsample
