// How the noise at one timestep relates to the noise at another.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "qsample/noise.h"
#include "qsample/schedule.h"

namespace qsample {

/// Every kind has the same law q(x_t | x_0) at each t; they differ in the joint law over t.
enum class PathKind {
  shared,       ///< one eps for all t: a smooth fade into one fixed noise
  markov,       ///< the Markov chain q(x_t | x_{t-1}) of DDPM
  independent,  ///< a fresh eps for each t
};

/// "shared", "markov", "independent".
[[nodiscard]] std::string_view path_name(PathKind kind);

/// The timestep that halves the interval a..c of the tree that a Markov path hangs on.
[[nodiscard]] constexpr int markov_node(int a, int c) { return a + (c - a) / 2; }

/// All x_t of one image: x_t = mix.x0 * x_0 + mix.eps * eps, where any frame t is a pure
/// function of (x_0, schedule, noise, t) that costs no other frame.
///
/// The Markov chain x_t = alpha_t (x_0 + W(tau_t)), tau = 1 / snr, W a Brownian motion, hangs on a
/// binary tree over 0..T: W at T is drawn first, then W at the middle index of each interval as a
/// Brownian bridge between its ends, with the Gaussian of node t drawn under step t. It has exactly
/// the law of the step-by-step chain, and a frame alone costs about log2(T) Gaussians a sample.
///
/// A real place (qsample/schedules/place.h) hangs between the two rows around it, likewise as a
/// bridge, with a Gaussian of its own stream: it has the law of the chain with all rows, which it
/// does not move. Given these rows, two places between the same two know nothing of each other;
/// where several are to be one path, take more steps.
class NoisePath {
 public:
  /// Schedule and noise are kept by reference and must outlive the path. A shared path takes stream
  /// 0 of the noise, the others those of timesteps.
  NoisePath(const NoiseSchedule& schedule, const NoiseSource& noise, PathKind kind)
      : schedule_(schedule), noise_(noise), kind_(kind) {}

  /// Receives the frames of visit(): x_t = mix.x0 * x_0 + mix.eps * eps. For
  /// PathKind::markov, eps is not of standard deviation 1: it is x_t - alpha_t x_0, the noise that
  /// the chain has gathered, of standard deviation sigma_t, and mix.eps is 1. eps is valid during
  /// the call only.
  using Visitor = std::function<void(int t, Mix mix, std::span<const float> eps)>;

  /// Called now and then during a visit; an exception that it throws ends it.
  using Poll = std::function<void()>;

  /// Visits timesteps `ts` (ascending along the path, each in 0..T or a point) for samples first to
  /// first + count - 1, numbered as in gaussian_noise. An array of `count` floats is held, along a
  /// Markov path about log2(T) of them, and all frames in one visit cost one Gaussian a sample and
  /// frame. Throws InvalidArgument for other `ts`, and for streams and samples that the noise does
  /// not have. Thread-safe.
  void visit(std::span<const int> ts, std::uint64_t first, std::size_t count,
             const Visitor& visitor, const Poll& poll = {}) const;

  /// The stream of gaussian_noise that is the eps of x_t; none along a Markov path, which gathers
  /// several, and for noise of another source.
  [[nodiscard]] std::optional<NoiseKey> key(int t) const;

  [[nodiscard]] const NoiseSchedule& schedule() const { return schedule_; }
  [[nodiscard]] const NoiseSource& noise() const { return noise_; }
  [[nodiscard]] PathKind kind() const { return kind_; }

 private:
  const NoiseSchedule& schedule_;
  const NoiseSource& noise_;
  PathKind kind_;
};

}  // namespace qsample
