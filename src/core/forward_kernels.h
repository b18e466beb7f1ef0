// Element-wise arithmetic of the forward process for the best instruction set of this machine.
#pragma once

#include <cstddef>
#include <cstdint>

#include "qsample/pixels.h"

namespace qsample {

/// out = a x + b y.
void mix_kernel(const float* x, float a, const float* y, float b, float* out, std::size_t count);
/// out = (a x + b y) + c z; out may be any of them.
void mix3_kernel(const float* x, float a, const float* y, float b, const float* z, float c,
                 float* out, std::size_t count);

void pixels_to_x_kernel(const std::uint8_t* pixels, float* x, std::size_t count);
void pixels_to_x_kernel(const std::uint16_t* pixels, float* x, std::size_t count);
std::size_t x_to_pixels_kernel(const float* x, Range range, std::uint8_t* pixels,
                               std::size_t count);
std::size_t x_to_pixels_kernel(const float* x, Range range, std::uint16_t* pixels,
                               std::size_t count);

}  // namespace qsample
