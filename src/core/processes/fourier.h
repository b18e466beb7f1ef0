// The Fourier transform of a line of any length.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace qsample {

struct Complex {
  double re = 0;
  double im = 0;
};

/// e^(-2 pi i turns).
[[nodiscard]] Complex turned_by(double turns);

/// By the factors of the length; where one of them is a large prime, by a convolution of a length
/// that is a power of two (L. Bluestein, "A linear filtering approach to the computation of
/// discrete Fourier transform", IEEE Trans. AU 18, 1970). Thread-safe.
class Fourier {
 public:
  explicit Fourier(std::size_t length);

  /// out[k] = sum over n of in[n] e^(-2 pi i k n / N); `in` and `out` are not the same.
  void transform(const Complex* in, Complex* out) const;

 private:
  // The transform of every `stride`-th of `in`, n of them.
  void by_factors(const Complex* in, Complex* out, std::size_t n, std::size_t stride) const;
  void combine_four(Complex* out, std::size_t quarter, std::size_t stride) const;
  void combine(Complex* out, std::size_t prime, std::size_t part, std::size_t stride) const;
  void by_convolution(const Complex* in, Complex* out) const;

  std::size_t length_;
  std::vector<Complex> roots_;  // e^(-2 pi i k / N)
  // Of a convolution.
  std::unique_ptr<const Fourier> longer_;
  std::vector<Complex> chirp_;           // e^(-pi i n^2 / N)
  std::vector<Complex> chirp_spectrum_;  // of its conjugate, on both sides of 0
};

}  // namespace qsample
