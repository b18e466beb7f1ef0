// How a tensor is cut into pieces.
#pragma once

#include <algorithm>
#include <cstddef>

#include "qsample/image.h"

namespace qsample {

/// A part of a tensor: some items whole, or some pixels of one. Frames are pixels too.
struct Piece {
  std::size_t item, items;
  std::size_t pixel, pixels;
};

/// How a tensor of such a size is cut, and where its pieces lie in a file in C order.
class Cut {
 public:
  explicit Cut(const Image& image)
      : items_(static_cast<std::size_t>(image.items)),
        channels_(static_cast<std::size_t>(image.channels)),
        pixels_(image.pixels() * static_cast<std::size_t>(image.frames)),
        items_a_piece_(std::clamp<std::size_t>(kPiece / (channels_ * pixels_), 1, items_)),
        pixels_a_piece_(std::min(std::max(kPiece / channels_, kLeastPixels), pixels_)) {}

  [[nodiscard]] std::size_t count() const {
    return parts(items_, items_a_piece_) * parts(pixels_, pixels_a_piece_);
  }

  [[nodiscard]] Piece piece(std::size_t number) const {
    const std::size_t an_item = parts(pixels_, pixels_a_piece_);
    const std::size_t item = number / an_item * items_a_piece_;
    const std::size_t pixel = number % an_item * pixels_a_piece_;
    return {item, std::min(items_a_piece_, items_ - item), pixel,
            std::min(pixels_a_piece_, pixels_ - pixel)};
  }

  /// Of the largest piece.
  [[nodiscard]] std::size_t samples() const { return items_a_piece_ * pixels_a_piece_ * channels_; }

  /// The number of its first sample in the order of an Image.
  [[nodiscard]] std::size_t first_sample(const Piece& piece) const {
    return (piece.item * pixels_ + piece.pixel) * channels_;
  }

  /// Calls visit(place, count) for the runs of elements of a file that are a piece.
  template <class Visit>
  void for_each_run(const Piece& piece, Layout layout, const Visit& visit) const {
    const std::size_t size = piece.items * piece.pixels;
    if (piece.pixels == pixels_ || layout == Layout::hwc) {
      visit(first_sample(piece), size * channels_);
      return;
    }
    for (std::size_t c = 0; c < channels_; ++c) {
      visit((piece.item * channels_ + c) * pixels_ + piece.pixel, size);
    }
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 20;  // samples
  static constexpr std::size_t kLeastPixels = 64;              // in a row, lest reads are tiny

  static std::size_t parts(std::size_t whole, std::size_t part) {
    return (whole + part - 1) / part;
  }

  std::size_t items_, channels_, pixels_;
  std::size_t items_a_piece_, pixels_a_piece_;
};

}  // namespace qsample
