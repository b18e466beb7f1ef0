// Animated PNG, frame by frame (PNG, third edition, sections 11.3.6 and 12): lossless, 8 or 16 bit,
// with alpha.
#pragma once

#include <cstddef>
#include <cstdint>

#include "image/codec.h"

namespace qsample {

/// How long a frame of an animation is shown: a fraction of a second.
struct PngDelay {
  std::uint16_t numerator;
  std::uint16_t denominator;
};

/// Writes a file that is played again and again. Programs that know no animations show its first
/// frame. All frames have one size, one number of channels and one depth.
class PngAnimation {
 public:
  /// `frames`: how many will be put, each as often as it is shown; the file says so before the
  /// first. `sink` takes the bytes as they come.
  PngAnimation(std::size_t frames, PngDelay delay, EncodeOptions options, Sink sink);

  /// A frame that is shown `times` times; again it takes but a few bytes.
  void put(const Image& frame, std::size_t times);
  void finish();

 private:
  void begin(const Image& frame);
  void put_control(const Image& frame);
  void put_data(const Image& frame);

  std::size_t frames_;
  PngDelay delay_;
  EncodeOptions options_;
  Sink sink_;
  bool has_begun_ = false;
  std::uint32_t sequence_ = 0;  // number of the next chunk of the animation
};

}  // namespace qsample
