// The blur of images by the heat equation, exact in the frequencies of the cosine transform.
#pragma once

#include <span>

namespace qsample {

/// What becomes of the frequencies (i, j) of an image of H x W pixels, its orthonormal DCT-II: each
/// is multiplied by
///
///     min_scale + (1 - min_scale) exp(-lambda sigma^2 / 2),  lambda = pi^2 (i^2 / H^2 + j^2 / W^2)
///
/// With min_scale = 0 that is heat that has spread for the time sigma^2 / 2 and does not leave the
/// image (arXiv:2206.13397): a Gaussian filter of deviation sigma over pixels that are mirrored at
/// the borders.
struct Blur {
  double sigma = 0;      ///< deviation in pixels, 0 or more
  double min_scale = 0;  ///< what is left of every frequency, 0..1
};

/// Blurs a plane of height rows of `width` samples in place, in float64 to about 1e-14 of its
/// largest sample, on `workers` threads, with the same bytes on any number of them. A blur of sigma
/// 0 changes nothing. Any size will do; sides of small prime factors are the fastest. Throws
/// InvalidArgument where the plane has another size.
void blur_plane(const Blur& blur, int width, int height, std::span<double> plane, int workers = 1);

}  // namespace qsample
