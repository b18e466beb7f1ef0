// The rows and the columns of a plane, and their cosine transforms.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/processes/cosine_transform.h"

namespace qsample {

/// What heat that has spread for a time leaves of each frequency along a line.
[[nodiscard]] std::vector<double> heat_left(std::size_t length, double time);

/// Lines of a plane, all its rows or all its columns.
struct PlaneLines {
  std::size_t length, count;
  std::size_t stride;   ///< from a sample of a line to the next
  std::size_t between;  ///< from a line to the next
};

/// The rows, and the columns.
[[nodiscard]] std::array<PlaneLines, 2> lines_of(int width, int height);

/// Changes all lines, two at a time; of an odd number the last pair's second is not one of them.
void for_each_pair(PlaneLines lines, std::span<double> plane, int workers,
                   const std::function<void(CosineTransform::Lines&)>& change);

}  // namespace qsample
