// Formats that OpenCV reads and nobody here does. Each has a file that knows its signature and its
// header: OpenCV is loaded when the signature is met, and sees the file when the header is one that
// it reads as it is meant.
#pragma once

#include <cstddef>
#include <cstdint>

#include "image/codec.h"
#include "image/plugin.h"

namespace qsample {

inline constexpr plugin::Module kOpenCv = {"opencv",
                                           "OpenCV's image module (Debian: qsample-opencv)"};

/// What the header of a file says of its image.
struct HeaderFacts {
  std::size_t width = 0, height = 0;
  int colours = 3;
  bool alpha = false;
  int depth = 8;                  ///< bits of the samples that OpenCV makes: 8, 16 or 32
  std::size_t working_bytes = 0;  ///< a sample, that OpenCV takes besides the image
};

/// The image of a file whose header was checked; its reader is told. Throws Error for one that is
/// too large, and where OpenCV refuses it or makes another image of it than the header says.
[[nodiscard]] Decoded decode_by_opencv(Bytes file, const HeaderFacts& facts,
                                       const DecodeOptions& options);

/// The number in `size` bytes at `at`, the highest first. Throws Error where they are not there.
[[nodiscard]] std::uint64_t big_endian(Bytes file, std::size_t at, std::size_t size);

}  // namespace qsample
