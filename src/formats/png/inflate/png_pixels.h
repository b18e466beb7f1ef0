// The ways in which PNG holds pixels, spread out to samples as an Image has them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "formats/png/png_chunks.h"

namespace qsample {

/// Reads rows of pixels: grey of fewer than 8 bits becomes 8 bits, an index its colour of the
/// palette, and a transparent colour, or a palette that has one, gives alpha.
class PngPixels {
 public:
  explicit PngPixels(const PngFile& png);

  [[nodiscard]] std::size_t channels() const { return channels_; }  ///< of colour: 1 or 3
  [[nodiscard]] bool has_alpha() const { return has_alpha_; }
  [[nodiscard]] int depth() const { return header_.depth == 16 ? 16 : 8; }  ///< of the samples

  /// Writes width * channels() samples to `colour` and, where there is alpha, `width` to `alpha`.
  /// T is that of depth(). Throws Error for an index that the palette does not have.
  template <class T>
  void spread(const std::uint8_t* row, std::size_t width, T* colour, T* alpha);

 private:
  struct Entry {
    std::uint8_t colour[3];
    std::uint8_t alpha;
  };

  void look_up(const std::uint8_t* indices, std::size_t width, std::uint8_t* colour,
               std::uint8_t* alpha) const;
  // Bits as bytes; the row itself where they are bytes.
  const std::uint8_t* unpacked(const std::uint8_t* row, std::size_t width);

  PngHeader header_;
  std::size_t channels_;
  bool has_alpha_;
  std::vector<Entry> palette_;
  std::optional<std::array<std::uint16_t, 3>> transparent_;  // as many as there are channels
  std::vector<std::uint8_t> unpacked_;
};

extern template void PngPixels::spread(const std::uint8_t*, std::size_t, std::uint8_t*,
                                       std::uint8_t*);
extern template void PngPixels::spread(const std::uint8_t*, std::size_t, std::uint16_t*,
                                       std::uint16_t*);

}  // namespace qsample
