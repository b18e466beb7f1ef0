// Floats of sixteen bits, whose conversions are exact one way and round to the nearest, ties to
// even, the other.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace qsample {

/// IEEE binary16.
[[nodiscard]] inline float float_of_half(std::uint16_t bits) {
  const auto sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t exponent = bits >> 10 & 0x1F;
  const std::uint32_t fraction = bits & 0x3FF;
  if (exponent == 0) {
    const float small = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -small : small;
  }
  const std::uint32_t wide = exponent == 0x1F ? 0xFF : exponent + 112;
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

/// Beyond 65504 it is infinite.
[[nodiscard]] inline std::uint16_t half_of(double value) {
  const int sign = std::signbit(value) ? 0x8000 : 0;
  const double size = std::abs(value);
  if (!(size < 65520)) {
    return static_cast<std::uint16_t>(sign | (std::isnan(value) ? 0x7E00 : 0x7C00));
  }
  // In units of the last place, which below 2^-14 do not shrink any more.
  const int exponent = size < 0x1p-14 ? -14 : std::ilogb(size);
  const auto units = static_cast<int>(std::nearbyint(std::ldexp(size, 10 - exponent)));
  // 1024 of them are the hidden bit; a carry raises the exponent by itself.
  return static_cast<std::uint16_t>(sign | ((exponent + 14) * 1024 + units));
}

/// bfloat16: the upper half of a float32.
[[nodiscard]] inline float float_of_brain(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

[[nodiscard]] inline std::uint16_t brain_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

/// Rounded once, not by way of a float32.
[[nodiscard]] inline std::uint16_t brain_of(double value) {
  auto nearest = static_cast<float>(value);
  // A float that was rounded to is made odd in its last bit, so that it is no tie.
  if (static_cast<double>(nearest) != value && std::isfinite(nearest)) {
    const auto bits = std::bit_cast<std::uint32_t>(nearest);
    if (std::abs(static_cast<double>(nearest)) > std::abs(value)) {
      nearest = std::bit_cast<float>((bits - 1) | 1);
    } else {
      nearest = std::bit_cast<float>(bits | 1);
    }
  }
  return brain_of(nearest);
}

}  // namespace qsample
