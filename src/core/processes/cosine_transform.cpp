#include "core/processes/cosine_transform.h"

#include <cmath>
#include <numbers>

namespace qsample {
namespace {

Complex operator*(Complex a, Complex b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }

Complex turned_by(double turns) {
  const double angle = -2 * std::numbers::pi * turns;
  return {std::cos(angle), std::sin(angle)};
}

// 4 where it can be, which is the fastest, else the least prime.
std::size_t factor_of(std::size_t n) {
  if (n % 4 == 0) return 4;
  for (std::size_t prime = 2; prime * prime <= n; ++prime) {
    if (n % prime == 0) return prime;
  }
  return n;
}

}  // namespace

CosineTransform::CosineTransform(std::size_t length)
    : length_(length),
      roots_(length),
      quarter_(length),
      first_norm_(std::sqrt(1 / static_cast<double>(length))),
      norm_(std::sqrt(2 / static_cast<double>(length))) {
  const auto n = static_cast<double>(length);
  for (std::size_t k = 0; k < length; ++k) {
    roots_[k] = turned_by(static_cast<double>(k) / n);
    quarter_[k] = turned_by(static_cast<double>(k) / (4 * n));
  }
}

void CosineTransform::fourier(const Complex* in, Complex* out, std::size_t n,
                              std::size_t stride) const {
  if (n == 1) {
    *out = *in;
    return;
  }
  const std::size_t factor = factor_of(n);
  const std::size_t part = n / factor;
  for (std::size_t q = 0; q < factor; ++q) {
    fourier(in + q * stride, out + q * part, part, stride * factor);
  }
  if (factor == 4) {
    combine_four(out, part, stride);
  } else {
    combine(out, factor, part, stride);
  }
}

void CosineTransform::combine_four(Complex* out, std::size_t quarter, std::size_t stride) const {
  for (std::size_t k = 0; k < quarter; ++k) {
    const Complex a = out[k];
    const Complex b = out[quarter + k] * roots_[k * stride];
    const Complex c = out[2 * quarter + k] * roots_[2 * k * stride];
    const Complex d = out[3 * quarter + k] * roots_[3 * k * stride];
    const Complex even = a + c;
    const Complex odd = b + d;
    const Complex left = a - c;
    const Complex difference = b - d;
    const Complex right{difference.im, -difference.re};  // -i times it
    out[k] = even + odd;
    out[quarter + k] = left + right;
    out[2 * quarter + k] = even - odd;
    out[3 * quarter + k] = left - right;
  }
}

void CosineTransform::combine(Complex* out, std::size_t prime, std::size_t part,
                              std::size_t stride) const {
  std::vector<Complex> terms(prime);
  for (std::size_t k = 0; k < part; ++k) {
    for (std::size_t q = 0; q < prime; ++q) terms[q] = out[q * part + k];
    for (std::size_t r = 0; r < prime; ++r) {
      const std::size_t step = (k + r * part) * stride % length_;
      Complex sum = terms[0];
      std::size_t root = 0;
      for (std::size_t q = 1; q < prime; ++q) {
        root += step;
        if (root >= length_) root -= length_;
        sum = sum + terms[q] * roots_[root];
      }
      out[r * part + k] = sum;
    }
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
  transform_.fourier(work_.data(), spectrum_.data(), n, 1);
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
  transform_.fourier(work_.data(), spectrum_.data(), n, 1);
  for (std::size_t i = 0; i < n; ++i) {
    const Complex z = spectrum_[i % 2 == 0 ? i / 2 : n - 1 - i / 2];
    data_[i] = {z.re, -z.im};
  }
}

}  // namespace qsample
