// The noise that the Markov chain of a process that blurs has gathered.
#pragma once

#include <functional>
#include <span>

#include "qsample/path.h"
#include "qsample/processes/blur.h"

namespace qsample {

/// The layout of an image or tensor: `planes` of height x width pixels, one below the other, each
/// pixel of `channels` samples.
struct PlaneShape {
  int width, height, channels;
  int planes = 1;
};

/// The chain q(x_t | x_s) of x_t = alpha_t B_t x_0 + sigma_t eps, where the blur B_t leaves the
/// share d_t of a frequency: for each frequency by itself
///
///     x_t = alpha_{t|s} x_s + sigma_{t|s} z,  alpha_{t|s} = alpha_t d_t / (alpha_s d_s),
///     sigma_{t|s}^2 = sigma_t^2 - alpha_{t|s}^2 sigma_s^2    (arXiv:2209.05557, section 4.2)
///
/// It hangs on the tree of NoisePath, with a bridge for each frequency; the Gaussian of node t is
/// drawn under step t, and that of frequency (i, j) of a channel is numbered as the sample at row
/// i, column j of that channel.
class BlurredPath {
 public:
  /// All are kept by reference and must outlive it; `blur` says the blur at a timestep.
  BlurredPath(const NoiseSchedule& schedule, const NoiseSource& noise,
              const std::function<Blur(int t)>& blur, PlaneShape shape)
      : schedule_(schedule), noise_(noise), blur_(blur), shape_(shape) {}

  /// Visits timesteps `ts`, as NoisePath::visit does along a Markov path: x_t = mix.x0 * B_t x_0 +
  /// mix.eps * eps, where eps is the noise that the chain has gathered, of all samples of the
  /// image. `workers` threads; the same bytes on any number of them.
  void visit(std::span<const int> ts, const NoisePath::Visitor& visitor,
             const NoisePath::Poll& poll = {}, int workers = 1) const;

 private:
  const NoiseSchedule& schedule_;
  const NoiseSource& noise_;
  const std::function<Blur(int t)>& blur_;
  PlaneShape shape_;
};

}  // namespace qsample
