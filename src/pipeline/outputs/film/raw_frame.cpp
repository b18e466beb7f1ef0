#include "pipeline/outputs/film/raw_frame.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <variant>

namespace qsample {
namespace {

constexpr int kFractionBits = 16;
constexpr int kHalf = 1 << (kFractionBits - 1);
constexpr double kLumaSpan = 219;
constexpr double kChromaSpan = 224;
constexpr int kBlack = 16;
constexpr int kNoColour = 128;

const std::vector<std::uint8_t>& samples_of(const Image& frame) {
  return std::get<Planes<std::uint8_t>>(frame.planes).colour;
}

// A plane's value of red, green and blue, in fixed point.
struct Plane {
  std::array<int, 3> weights;
  int offset;

  [[nodiscard]] std::byte of(const std::uint8_t* rgb) const {
    const int sum = weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2];
    return static_cast<std::byte>(((sum + kHalf) >> kFractionBits) + offset);
  }
};

int fixed(double value) { return static_cast<int>(std::lround(value * (1 << kFractionBits))); }

// The green weight takes what rounding leaves: white is 235, and grey has no colour.
Plane luma(LumaWeights weights) {
  const double unit = kLumaSpan / 255;
  const int red = fixed(unit * weights.red);
  const int blue = fixed(unit * weights.blue);
  return {{red, fixed(unit) - red - blue, blue}, kBlack};
}

// Of the difference between the colour `main`, which has `weight` in luma, and luma.
Plane chroma(LumaWeights weights, std::size_t main) {
  const double weight = main == 0 ? weights.red : weights.blue;
  const double other_weight = main == 0 ? weights.blue : weights.red;
  const double unit = kChromaSpan / 255 / 2 / (1 - weight);
  Plane plane{{}, kNoColour};
  plane.weights[main] = fixed(kChromaSpan / 255 / 2);
  plane.weights[2 - main] = fixed(-unit * other_weight);
  plane.weights[1] = -plane.weights[main] - plane.weights[2 - main];
  return plane;
}

}  // namespace

void put_rgb(const Image& frame, std::vector<std::byte>& out) {
  const auto& samples = samples_of(frame);
  const auto times = static_cast<std::size_t>(3 / frame.channels);
  out.resize(samples.size() * times);
  if (times == 1) {
    std::memcpy(out.data(), samples.data(), samples.size());
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(samples[i / 3]);
}

void put_yuv444(const Image& frame, LumaWeights weights, std::vector<std::byte>& out) {
  const std::size_t pixels = frame.pixels();
  const auto& samples = samples_of(frame);
  const Plane planes[] = {luma(weights), chroma(weights, 2), chroma(weights, 0)};
  out.resize(3 * pixels);
  std::byte* to = out.data();
  for (const Plane& plane : planes) {
    for (std::size_t i = 0; i < pixels; ++i) {
      if (frame.channels == 1) {
        const std::array<std::uint8_t, 3> grey = {samples[i], samples[i], samples[i]};
        *to++ = plane.of(grey.data());
      } else {
        *to++ = plane.of(&samples[3 * i]);
      }
    }
  }
}

void put_grey(const Image& frame, std::vector<std::byte>& out) {
  const auto& samples = samples_of(frame);
  out.resize(samples.size());
  std::memcpy(out.data(), samples.data(), samples.size());
}

}  // namespace qsample
