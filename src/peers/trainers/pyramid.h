// Pyramid noise: coarser and coarser noises over one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "qsample/generators.h"
#include "qsample/trainers/noise_additions.h"

namespace qsample {

/// The sizes of the levels, the whole one first; `seed` where the additions have none of their own.
[[nodiscard]] std::vector<NoiseShape> pyramid_levels(const NoiseAdditions& additions,
                                                     std::uint64_t seed, const NoiseShape& shape);

/// eps[i] += weight * the bilinear interpolation of `level`, with half-pixel centres, for the
/// samples of an image of `shape`.
void add_level(std::span<const float> level, const NoiseShape& from, float weight,
               const NoiseShape& shape, std::span<float> eps);

/// Divides by the standard deviation of all.
void normalize(std::span<float> eps);

}  // namespace qsample
