// The filters of PNG over whole rows, for the best instruction set of this machine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace qsample {

/// PNG's filter types (specification, section 9.2).
enum class PngFilter : std::uint8_t { none, sub, up, average, paeth };
inline constexpr int kPngFilters = 5;

/// Filters one row of `size` bytes, `stride` bytes a pixel; left of the first pixel all is 0.
void png_filter_row(PngFilter filter, const std::uint8_t* row, const std::uint8_t* above,
                    std::size_t stride, std::size_t size, std::uint8_t* out);

}  // namespace qsample
