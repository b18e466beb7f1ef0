// A TIFF file in memory, behind libtiff's interface.
#pragma once

#include <tiffio.h>

#include <memory>
#include <string>
#include <vector>

#include "image/codec.h"

namespace qsample::plugin {

constexpr double kInchesPerMetre = 1 / 0.0254;

/// A file in memory, as libtiff wants it, and the first thing that was wrong with it.
struct Memory {
  std::vector<std::byte>* written = nullptr;  // a file that is being written
  Bytes bytes = {};                           // or one that is read
  std::size_t at = 0;
  bool warnings_are_errors = false;  // once samples are decoded
  std::string error = {};

  [[nodiscard]] std::size_t size() const {
    return written != nullptr ? written->size() : bytes.size();
  }
};

using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

/// Throws Error for what was wrong with the file, or where something was not `good`.
void check(const Memory& memory, bool good);

/// `memory` must outlive it. Throws Error.
[[nodiscard]] Tiff open(Memory& memory, const char* mode);

template <class T>
T field(TIFF* tiff, std::uint32_t tag) {
  T value{};
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

}  // namespace qsample::plugin
