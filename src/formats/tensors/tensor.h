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
  Bytes data;            ///< at least the bytes that the shape needs, or none of them yet
};

/// An array that lies in a file where its header says.
struct StoredTensor {
  TensorView view;  ///< without its data
  std::size_t samples_at = 0;
  std::size_t file_size = 0;  ///< of the whole file, behind which there is nothing
};

/// Bytes of the beginning of a file that hold the header of any that is read.
inline constexpr std::size_t kMostHeader = (16 << 20) + 8;

/// A format of tensors by places; both as Codec's functions of the same purpose.
struct TensorFile {
  /// Where the samples lie in a file that begins like this. Throws Error, as decode does.
  StoredTensor (*locate)(Bytes begin, const DecodeOptions& options);
  /// All that encode writes before the samples of the image, of which only its size, the kind of
  /// its samples and its annotations count, likewise of options.others.
  std::vector<std::byte> (*head)(const Image& image, const EncodeOptions& options);
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

/// Gives an image of such a size, in the layout of its annotations, the samples of the array;
/// 64-bit floats and integers of more than 16 bits become doubles, all
/// else floats.
void set_samples_of(Image& image, const TensorView& tensor);

/// The image of an array with its samples.
[[nodiscard]] Image image_of(const TensorView& tensor, const DecodeOptions& options);

/// The shape that an image is written with, and its dtype.
[[nodiscard]] std::vector<std::size_t> shape_of(const Image& image, Layout layout);
[[nodiscard]] Dtype dtype_of(const Image& image, const EncodeOptions& options);

/// Bytes of one sample.
[[nodiscard]] std::size_t bytes_of(Dtype dtype);

/// Gives the samples to `sink`, piece by piece, in little-endian C order.
void write_samples(const Image& image, Layout layout, Dtype dtype, const Sink& sink);

}  // namespace qsample
