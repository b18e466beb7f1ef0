// Tensors in the bytes of files, as images and back.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/codec.h"

namespace qsample {

/// How one element of a tensor lies in a file.
struct Element {
  enum class Kind { floating, brain, signed_integer, unsigned_integer };
  Kind kind;
  std::size_t bytes;
  bool big_endian = false;
};

/// An array in a file.
struct TensorView {
  Element element;
  std::vector<std::size_t> shape;
  bool fortran = false;  ///< the first index runs fastest
  Bytes data;            ///< as many bytes as the shape needs, or none of them yet
};

/// A tensor's shape as text, "(4, 64, 64)".
[[nodiscard]] std::string shape_text(const std::vector<std::size_t>& shape);

/// The number of elements of a shape. Throws Error where it overflows.
[[nodiscard]] std::size_t elements_of(const std::vector<std::size_t>& shape);

/// Which of a file's tensors is `wanted`; the only one where none is. Throws Error, with the names
/// that there are, where that does not tell.
[[nodiscard]] std::size_t chosen_tensor(const std::vector<std::string>& names,
                                        const std::string& wanted);

/// The image of an array of shape (H, W), (C, H, W), (N, C, H, W) or (N, C, F, H, W), or with C at
/// the end: where options.layout says so and the array may be either, or where the last side alone
/// is 1 or 3, without frames. Without its samples: size, layout and dtype.
/// Throws Error for another shape, and for more pixels than allowed.
[[nodiscard]] Image image_without_samples(const TensorView& tensor, const DecodeOptions& options);

/// The same with its samples; 64-bit floats and integers of more than 16 bits become doubles, all
/// else floats.
[[nodiscard]] Image image_of(const TensorView& tensor, const DecodeOptions& options);

/// The shape that an image is written with, and its dtype.
[[nodiscard]] std::vector<std::size_t> shape_of(const Image& image, Layout layout);
[[nodiscard]] Dtype dtype_of(const Image& image, const EncodeOptions& options);

/// Bytes of one sample.
[[nodiscard]] std::size_t bytes_of(Dtype dtype);

/// Gives the samples to `sink`, piece by piece, in little-endian C order.
void write_samples(const Image& image, Layout layout, Dtype dtype, const Sink& sink);

}  // namespace qsample
