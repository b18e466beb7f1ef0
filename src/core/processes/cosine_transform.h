// The cosine transform of lines of samples, of any length.
//
// J. Makhoul, "A fast cosine transform in one and two dimensions", IEEE Trans. ASSP 28 (1980): that
// of N samples is a Fourier transform of N, which takes two lines at once, as real and imaginary
// part.
#pragma once

#include <cstddef>
#include <vector>

#include "core/processes/fourier.h"

namespace qsample {

class CosineTransform {
 public:
  explicit CosineTransform(std::size_t length);

  [[nodiscard]] std::size_t length() const { return length_; }

  /// A pair of lines, and what it takes to transform it: of each thread its own.
  class Lines;

 private:
  std::size_t length_;
  Fourier fourier_;
  std::vector<Complex> quarter_;  // e^(-pi i k / 2N)
  double first_norm_, norm_;      // that make it orthonormal
};

class CosineTransform::Lines {
 public:
  explicit Lines(const CosineTransform& transform);

  /// Sample i of a line, 0 or 1; or its frequency i, after forward() and before inverse().
  double& at(std::size_t line, std::size_t i) { return line == 0 ? data_[i].re : data_[i].im; }

  /// Orthonormal DCT-II of both lines, and its inverse.
  void forward();
  void inverse();

 private:
  const CosineTransform& transform_;
  std::vector<Complex> data_, work_, spectrum_;
};

}  // namespace qsample
