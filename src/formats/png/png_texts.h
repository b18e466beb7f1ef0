// The texts that a PNG carries: tEXt, zTXt and iTXt.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "formats/png/png_chunks.h"

namespace qsample {

/// Bytes that one text may have once it is inflated, and all of a file together: Pillow opens no
/// file with more. The rest of its 64 MiB is for the record.
inline constexpr std::size_t kMostInflated = (std::size_t{1} << 20) - 1;
inline constexpr std::size_t kMostTexts = std::size_t{63} << 20;

[[nodiscard]] bool is_png_text(const PngChunk& chunk);

/// What a text is called, up to its zero; empty where there is none.
[[nodiscard]] std::string_view png_keyword(const PngChunk& chunk);

/// The inflated text of a chunk that is built as PNG wants it (specification, section 11.3.3);
/// nothing where it is not, or where it is longer than kMostInflated by inflating.
[[nodiscard]] std::optional<std::string> png_text(const PngChunk& chunk);

/// The zlib stream `data` inflated; nothing where it is damaged or longer than `most`.
[[nodiscard]] std::optional<std::string> inflated(Bytes data, std::size_t most);

/// The EXIF orientation that a text tells: as a block of EXIF in hexadecimal digits (ImageMagick's
/// "Raw profile type exif" or "APP1") or as XMP ("XML:com.adobe.xmp").
[[nodiscard]] std::optional<int> raw_profile_orientation(std::string_view keyword,
                                                         std::string_view text);
[[nodiscard]] std::optional<int> xmp_orientation(std::string_view keyword, std::string_view text);

}  // namespace qsample
