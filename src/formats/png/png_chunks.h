// A PNG file taken apart into its chunks, each known to be undamaged.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "image/codec.h"

namespace qsample {

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

/// A chunk: four letters and what it holds. Both are views into the file.
struct PngChunk {
  std::string_view type;
  Bytes data;

  /// A decoder may not pass over a chunk whose type begins with a capital.
  [[nodiscard]] bool is_critical() const { return type.front() <= 'Z'; }
};

/// PNG's colour types (specification, table 11.1).
enum class PngColour : std::uint8_t { grey = 0, rgb = 2, palette = 3, grey_alpha = 4, rgba = 6 };

/// The fields of IHDR.
struct PngHeader {
  int width = 0;
  int height = 0;
  int depth = 0;  ///< bits a sample, or an index of a palette
  PngColour colour = PngColour::grey;
  bool interlaced = false;

  [[nodiscard]] std::size_t bits_a_pixel() const;
};

struct PngFile {
  PngHeader header;
  std::vector<PngChunk> chunks;  ///< in the order of the file, from IHDR to IEND
  std::size_t size = 0;          ///< bytes up to its end

  /// The first chunk of a type, or null.
  [[nodiscard]] const PngChunk* find(std::string_view type) const;
};

/// Walks a file from its signature to its end. Throws Error unless every chunk is whole and has the
/// right checksum, the header is one that PNG allows, and the critical chunks and tRNS are known
/// and in their places. Other chunks may hold anything, anywhere; what follows IEND is not looked
/// at.
[[nodiscard]] PngFile read_png_chunks(Bytes file);

/// How many bytes of a file that begins like this are to be read, as Codec::extent has it: by the
/// lengths of its chunks alone.
[[nodiscard]] std::optional<std::size_t> png_extent(Bytes begin, const DecodeOptions& options);

/// The chunks of a file, or of its beginning, up to the first that is cut short or damaged.
[[nodiscard]] std::vector<PngChunk> sound_png_chunks(Bytes file);

}  // namespace qsample
