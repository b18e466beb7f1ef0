#include "core/processes/fourier.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace qsample {
namespace {

Complex operator*(Complex a, Complex b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }

Complex conjugate(Complex a) { return {a.re, -a.im}; }

// 4 where it can be, which is the fastest, else the least prime.
std::size_t factor_of(std::size_t n) {
  if (n % 4 == 0) return 4;
  for (std::size_t prime = 2; prime * prime <= n; ++prime) {
    if (n % prime == 0) return prime;
  }
  return n;
}

// Whether the time that the factors take, which is their sum a sample, is more than that of a
// convolution.
bool has_large_factor(std::size_t n) {
  constexpr std::size_t kLargest = 64;
  while (n > 1) {
    const std::size_t factor = factor_of(n);
    if (factor > kLargest) return true;
    n /= factor;
  }
  return false;
}

}  // namespace

Complex turned_by(double turns) {
  const double angle = -2 * std::numbers::pi * turns;
  return {std::cos(angle), std::sin(angle)};
}

Fourier::Fourier(std::size_t length) : length_(length) {
  const auto n = static_cast<double>(length);
  if (!has_large_factor(length)) {
    for (std::size_t k = 0; k < length; ++k)
      roots_.push_back(turned_by(static_cast<double>(k) / n));
    return;
  }
  const std::size_t longer = std::bit_ceil(2 * length - 1);
  longer_ = std::make_unique<const Fourier>(longer);
  std::vector<Complex> both_sides(longer);
  for (std::size_t k = 0; k < length; ++k) {
    // e^(-pi i x / N) has a period of 2 N.
    chirp_.push_back(turned_by(static_cast<double>(k * k % (2 * length)) / (2 * n)));
    both_sides[k] = conjugate(chirp_[k]);
    if (k > 0) both_sides[longer - k] = both_sides[k];
  }
  chirp_spectrum_.resize(longer);
  longer_->transform(both_sides.data(), chirp_spectrum_.data());
}

void Fourier::transform(const Complex* in, Complex* out) const {
  if (longer_) {
    by_convolution(in, out);
  } else {
    by_factors(in, out, length_, 1);
  }
}

// k n = (k^2 + n^2 - (k - n)^2) / 2.
void Fourier::by_convolution(const Complex* in, Complex* out) const {
  const std::size_t longer = chirp_spectrum_.size();
  std::vector<Complex> line(longer);
  std::vector<Complex> spectrum(longer);
  for (std::size_t n = 0; n < length_; ++n) line[n] = in[n] * chirp_[n];
  longer_->transform(line.data(), spectrum.data());
  // Conjugated, so that the transform of it is the inverse's.
  for (std::size_t k = 0; k < longer; ++k) line[k] = conjugate(spectrum[k] * chirp_spectrum_[k]);
  longer_->transform(line.data(), spectrum.data());
  const double share = 1 / static_cast<double>(longer);
  for (std::size_t k = 0; k < length_; ++k) {
    const Complex sum = conjugate(spectrum[k]) * chirp_[k];
    out[k] = {sum.re * share, sum.im * share};
  }
}

void Fourier::by_factors(const Complex* in, Complex* out, std::size_t n, std::size_t stride) const {
  if (n == 1) {
    *out = *in;
    return;
  }
  const std::size_t factor = factor_of(n);
  const std::size_t part = n / factor;
  for (std::size_t q = 0; q < factor; ++q) {
    by_factors(in + q * stride, out + q * part, part, stride * factor);
  }
  if (factor == 4) {
    combine_four(out, part, stride);
  } else {
    combine(out, factor, part, stride);
  }
}

void Fourier::combine_four(Complex* out, std::size_t quarter, std::size_t stride) const {
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

void Fourier::combine(Complex* out, std::size_t prime, std::size_t part, std::size_t stride) const {
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

}  // namespace qsample
