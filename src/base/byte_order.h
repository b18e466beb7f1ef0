// Numbers in the bytes of files.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace qsample {

inline bool has_bytes(Bytes bytes, std::size_t at, std::size_t size) {
  return at <= bytes.size() && bytes.size() - at >= size;
}

/// The number of `size` bytes at `at`, which must be there.
template <class T = std::uint32_t>
T read_number(std::endian order, Bytes bytes, std::size_t at, std::size_t size = sizeof(T)) {
  T value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t shift = 8 * (order == std::endian::big ? size - 1 - i : i);
    value = static_cast<T>(value | std::to_integer<T>(bytes[at + i]) << shift);
  }
  return value;
}

template <class T = std::uint32_t>
T read_little_endian(Bytes bytes, std::size_t at, std::size_t size = sizeof(T)) {
  return read_number<T>(std::endian::little, bytes, at, size);
}

template <class T = std::uint32_t>
T read_big_endian(Bytes bytes, std::size_t at, std::size_t size = sizeof(T)) {
  return read_number<T>(std::endian::big, bytes, at, size);
}

/// The byte number i of the `size` lowest ones of a number.
inline std::byte byte_of(std::endian order, std::uint64_t value, std::size_t size, std::size_t i) {
  return static_cast<std::byte>(value >> 8 * (order == std::endian::big ? size - 1 - i : i));
}

/// Writes the `size` lowest bytes of a number to `to`.
inline void write_number(std::endian order, std::uint64_t value, std::size_t size, std::byte* to) {
  for (std::size_t i = 0; i < size; ++i) to[i] = byte_of(order, value, size, i);
}

/// Appends them.
inline void append_number(std::endian order, std::uint64_t value, std::size_t size,
                          std::vector<std::byte>& out) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(byte_of(order, value, size, i));
}

inline void append_little_endian(std::vector<std::byte>& out, std::uint64_t value,
                                 std::size_t size) {
  append_number(std::endian::little, value, size, out);
}

inline void append_big_endian(std::vector<std::byte>& out, std::uint64_t value, std::size_t size) {
  append_number(std::endian::big, value, size, out);
}

}  // namespace qsample
