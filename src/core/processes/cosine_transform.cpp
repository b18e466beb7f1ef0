#include "core/processes/cosine_transform.h"

#include <cmath>

namespace qsample {
namespace {

Complex operator*(Complex a, Complex b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

}  // namespace

CosineTransform::CosineTransform(std::size_t length)
    : length_(length),
      fourier_(length),
      quarter_(length),
      first_norm_(std::sqrt(1 / static_cast<double>(length))),
      norm_(std::sqrt(2 / static_cast<double>(length))) {
  const auto n = static_cast<double>(length);
  for (std::size_t k = 0; k < length; ++k) {
    quarter_[k] = turned_by(static_cast<double>(k) / (4 * n));
  }
}

CosineTransform::Lines::Lines(const CosineTransform& transform)
    : transform_(transform),
      data_(transform.length()),
      work_(transform.length()),
      spectrum_(transform.length()) {}

void CosineTransform::Lines::forward() {
  const std::size_t n = transform_.length_;
  for (std::size_t i = 0; i < n; ++i) work_[i % 2 == 0 ? i / 2 : n - 1 - i / 2] = data_[i];
  transform_.fourier_.transform(work_.data(), spectrum_.data());
  for (std::size_t k = 0; k < n; ++k) {
    // The spectra of the two lines are the even and the odd part of that of the pair.
    const Complex z = spectrum_[k];
    const Complex mirrored = spectrum_[k == 0 ? 0 : n - k];
    const Complex first{(z.re + mirrored.re) / 2, (z.im - mirrored.im) / 2};
    const Complex second{(z.im + mirrored.im) / 2, (mirrored.re - z.re) / 2};
    const Complex turn = transform_.quarter_[k];
    const double norm = k == 0 ? transform_.first_norm_ : transform_.norm_;
    data_[k] = {(first * turn).re * norm, (second * turn).re * norm};
  }
}

void CosineTransform::Lines::inverse() {
  const std::size_t n = transform_.length_;
  data_[0].re /= transform_.first_norm_;
  data_[0].im /= transform_.first_norm_;
  for (std::size_t k = 1; k < n; ++k) {
    data_[k].re /= transform_.norm_;
    data_[k].im /= transform_.norm_;
  }
  const double share = 1 / static_cast<double>(n);
  for (std::size_t k = 0; k < n; ++k) {
    const Complex here = data_[k];
    const Complex there = k == 0 ? Complex{} : data_[n - k];
    const Complex back{transform_.quarter_[k].re, -transform_.quarter_[k].im};
    const Complex first = Complex{here.re, -there.re} * back;
    const Complex second = Complex{here.im, -there.im} * back;
    // Conjugated, so that the transform of it is the inverse's.
    work_[k] = {(first.re - second.im) * share, -(first.im + second.re) * share};
  }
  transform_.fourier_.transform(work_.data(), spectrum_.data());
  for (std::size_t i = 0; i < n; ++i) {
    const Complex z = spectrum_[i % 2 == 0 ? i / 2 : n - 1 - i / 2];
    data_[i] = {z.re, -z.im};
  }
}

}  // namespace qsample
