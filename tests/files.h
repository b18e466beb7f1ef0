// Whole files made at once, as tests like them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "files/output_file.h"
#include "files/read_file.h"
#include "image/image_io.h"
#include "qsample/error.h"

namespace qsample {

inline std::vector<std::byte> encoded(const Image& image, const Codec& codec,
                                      const EncodeOptions& options) {
  std::vector<std::byte> file;
  encode_image(image, codec, options, "out",
               [&](Bytes piece) { file.insert(file.end(), piece.begin(), piece.end()); });
  return file;
}

/// The image in the bytes of a file that a test wrote out.
inline Image decoded(std::string_view file, const DecodeOptions& options = {}) {
  return decode_image(std::as_bytes(std::span(file)), "in", options);
}

/// Why a file is refused, or "taken".
inline std::string refusal(std::string_view file, const DecodeOptions& options = {}) {
  try {
    (void)decoded(file, options);
  } catch (const Error& e) {
    return e.what();
  }
  return "taken";
}

/// `value` in `size` bytes, the lowest first.
inline std::string little_endian(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (; bytes.size() < size; value >>= 8) bytes += static_cast<char>(value & 255);
  return bytes;
}

inline void write_file(const std::string& path, Bytes bytes, bool overwrite) {
  Outputs outputs;
  OutputFile file(path, {.overwrite = overwrite}, outputs);
  file.write(bytes);
  file.commit();
}

}  // namespace qsample
