// Diffusion over the values of 8-bit samples: D3PM (Austin et al., arXiv:2107.03006).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "qsample/path.h"
#include "qsample/schedule.h"

namespace qsample {

/// The values that a sample may have.
inline constexpr int kStates = 256;
/// The absorbing one, grey.
inline constexpr int kMask = 128;

/// What a step does to a sample, by beta_t (appendix A.2):
enum class Transition {
  uniform,    ///< with probability beta_t any of the 256 values, each alike
  absorbing,  ///< with probability beta_t the grey 128, for good
  /// by d with probability exp(-4 d^2 / (255^2 beta_t)), normalized over -255..255; what would
  /// leave 0..255 stays where it is
  gaussian,
};

/// A probability for each value.
using StateLaw = std::array<double, kStates>;

/// A chain x_0, x_1, .., x_T of a sample. Thread-safe.
class DiscreteChain {
 public:
  /// With beta_1..beta_T of a schedule. Throws InvalidArgument for one that does not preserve the
  /// variance, whose betas are no probabilities.
  DiscreteChain(const NoiseSchedule& schedule, Transition kind);
  ~DiscreteChain();

  /// q(x_t | x_{t-1} = from), a row of Q_t; t in 1..T.
  [[nodiscard]] StateLaw step(int t, int from) const;
  /// q(x_t | x_0 = from), a row of Q_1 Q_2 .. Q_t; t in 0..T.
  [[nodiscard]] StateLaw direct(int t, int from) const;

  [[nodiscard]] int steps() const { return static_cast<int>(beta_.size()); }
  [[nodiscard]] Transition kind() const { return kind_; }

 private:
  friend class DiscretePath;
  struct Table;
  struct Products;

  [[nodiscard]] StateLaw closed_form(int t, std::size_t from) const;
  // Where a uniform falls among the values: of x_0 = i, of all.
  [[nodiscard]] std::shared_ptr<const Table> table(int t) const;

  Transition kind_;
  std::vector<double> beta_;            // beta_1..beta_T
  std::vector<double> kept_;            // alpha_bar_0..alpha_bar_T
  std::unique_ptr<Products> products_;  // of the matrices, where there is no closed form
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Table> last_;
};

/// All x_t of one image, each a pure function of (x_0, chain, seed, draw, t); sample numbers are
/// those of gaussian_noise. A shared path takes one uniform a sample for all t, by the inverse of
/// the distribution function; an independent path one for each t; a Markov path is the chain
/// itself.
///
/// Uniforms are words of Philox4x32-10 as the Gaussians are, whose key is the seed, with c3 = 2
/// draw
/// + 1 and c2 = 2^31 + 2^20 + s. Sample n of a stream s has word n % 4 of block n / 4: s = 0 for
/// all t of a shared path and of an absorbing chain, which jumps where that uniform says; s = t
/// independently, and in step t of a Gaussian chain. A uniform chain jumps rarely, and draws jump
/// after jump: of the i-th since row s the block is i 2^48 + n, its first word how far it is, its
/// second where it leads.
class DiscretePath {
 public:
  /// The chain is kept by reference and must outlive the path.
  DiscretePath(const DiscreteChain& chain, std::uint64_t seed, std::uint32_t draw, PathKind kind)
      : chain_(chain), seed_(seed), draw_(draw), kind_(kind) {}

  using Visitor = std::function<void(int t, std::span<const std::uint8_t> xt)>;

  /// Visits timesteps `ts`, ascending in 0..T, for samples first .. first + x0.size() - 1. A
  /// Gaussian chain costs a uniform a sample and step from t = 0 on, others cost about one. Throws
  /// InvalidArgument for other `ts`. Thread-safe.
  void visit(std::span<const int> ts, std::uint64_t first, std::span<const std::uint8_t> x0,
             const Visitor& visitor, const NoisePath::Poll& poll = {}) const;

 private:
  struct Jumps;

  const DiscreteChain& chain_;
  std::uint64_t seed_;
  std::uint32_t draw_;
  PathKind kind_;
};

}  // namespace qsample
