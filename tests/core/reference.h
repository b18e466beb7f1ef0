// The mathematics again as plain loops, one sample at a time, to hold the kernels against.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "core/philox.h"

namespace qsample::reference {

// u and theta / 2 pi of design: the uniforms that Box-Muller starts from.
inline float uniform(std::uint32_t w) {
  return static_cast<float>(static_cast<std::int32_t>(w >> 1)) * 0x1p-31F + 0x1p-32F;
}

// sqrt(-2 ln u) in float32, step for step as the kernel.
inline float radius(std::uint32_t w) {
  const auto offset = std::bit_cast<std::int32_t>(uniform(w)) - 0x3F3504F3;
  const auto k = static_cast<float>(offset >> 23);
  const float f = std::bit_cast<float>((offset & 0x007FFFFF) + 0x3F3504F3) - 1.0F;
  const float f2 = f * f;
  float p = -0.0763421389256F;
  p = p * f + 0.127614027111F;
  p = p * f + -0.131602049471F;
  p = p * f + 0.142017842846F;
  p = p * f + -0.166233581293F;
  p = p * f + 0.200012257964F;
  p = p * f + -0.25000820982F;
  p = p * f + 0.333333317182F;
  float ln = p * f2 * f;
  ln = ln + k * -2.12194440e-4F;
  ln = ln - f2 * 0.5F;
  ln = ln + f;
  ln = ln + k * 0.693359375F;
  return std::sqrt(ln * -2.0F);
}

struct SinCos {
  float sin, cos;
};

// Sine and cosine of 2 pi w 2^-32 in float32, step for step as the kernel.
inline SinCos sin_cos(std::uint32_t w) {
  const std::uint32_t quarter = (w + 0x20000000U) >> 30;
  const auto rest = static_cast<std::int32_t>(w - (quarter << 30));
  const float a = static_cast<float>(rest) * 0x1.921FB6p-30F;
  const float a2 = a * a;
  float s = -0.000195172988878F;
  s = s * a2 + 0.00833217814491F;
  s = s * a2 + -0.166666549437F;
  s = s * a2 * a + a;
  float c = 2.44384529413e-5F;
  c = c * a2 + -0.00138873675298F;
  c = c * a2 + 0.0416666468668F;
  c = c * a2 * a2 - a2 * 0.5F;
  c = c + 1.0F;
  switch (quarter & 3U) {
    case 0: return {s, c};
    case 1: return {c, -s};
    case 2: return {-s, -c};
    default: return {-c, s};
  }
}

// The two words that sample n is made from, and whether it takes the sine.
struct SampleBits {
  std::uint32_t radius_word, angle_word;
  bool sine;
};

inline SampleBits sample_bits(std::uint64_t seed, std::uint32_t step, std::uint64_t n,
                              std::uint32_t draw = 0) {
  const std::uint64_t block = 16 * (n / 64) + n % 16;
  const auto h = static_cast<unsigned>(n / 16 % 4);
  const auto w = philox::philox4x32(
      {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), step, 2 * draw},
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
  return {w[h < 2 ? 0 : 2], w[h < 2 ? 1 : 3], h % 2 == 0};
}

// Sample n of the noise, bit for bit.
inline float normal(std::uint64_t seed, std::uint32_t step, std::uint64_t n,
                    std::uint32_t draw = 0) {
  const SampleBits bits = sample_bits(seed, step, n, draw);
  const SinCos turn = sin_cos(bits.angle_word);
  return radius(bits.radius_word) * (bits.sine ? turn.sin : turn.cos);
}

// Box-Muller in float64 from the same u and theta.
inline double exact_normal(SampleBits bits) {
  const double r = std::sqrt(-2 * std::log(static_cast<double>(uniform(bits.radius_word))));
  const double theta = 2 * std::numbers::pi * bits.angle_word * 0x1p-32;
  return r * (bits.sine ? std::sin(theta) : std::cos(theta));
}

}  // namespace qsample::reference
