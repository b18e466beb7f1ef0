// What libtiff does not look at: whether the compressed data of a TIFF are whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace qsample::plugin {

/// The number of bytes that a strip or tile holds, found by going through the whole of its
/// compressed data: a deflate stream is inflated and its checksum compared, LZW codes are followed
/// to their end-of-information code. Nothing where the data are damaged. `room` is the most that it
/// may hold.
[[nodiscard]] std::optional<std::size_t> inflated_size(std::span<const std::uint8_t> data,
                                                       std::size_t room);
[[nodiscard]] std::optional<std::size_t> lzw_size(std::span<const std::uint8_t> data);

}  // namespace qsample::plugin
