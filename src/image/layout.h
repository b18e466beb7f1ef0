// Samples in other orders than that of an Image.
#pragma once

#include <cstddef>
#include <vector>

#include "qsample/image.h"

namespace qsample {

/// Samples as file formats interleave them, `channels` colours and one alpha a pixel, apart.
template <class T>
Planes<T> split_alpha(const std::vector<T>& samples, std::size_t channels) {
  const std::size_t pixels = samples.size() / (channels + 1);
  Planes<T> planes;
  planes.colour.resize(pixels * channels);
  planes.alpha.resize(pixels);
  std::size_t from = 0;
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < channels; ++c) planes.colour[i * channels + c] = samples[from++];
    planes.alpha[i] = samples[from++];
  }
  return planes;
}

/// Interleaved samples (height, width, channels) as planes one after the other (channels, height,
/// width), the layout of most tensors; and back.
template <class T>
std::vector<T> to_planar(const std::vector<T>& interleaved, std::size_t channels) {
  std::vector<T> planar(interleaved.size());
  const std::size_t pixels = interleaved.size() / channels;
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < channels; ++c)
      planar[c * pixels + i] = interleaved[i * channels + c];
  }
  return planar;
}

template <class T>
std::vector<T> from_planar(const std::vector<T>& planar, std::size_t channels) {
  std::vector<T> interleaved(planar.size());
  const std::size_t pixels = planar.size() / channels;
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < channels; ++c)
      interleaved[i * channels + c] = planar[c * pixels + i];
  }
  return interleaved;
}

}  // namespace qsample
