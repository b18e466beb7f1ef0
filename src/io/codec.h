// The interface of an image format. One file a format; registry.cpp lists them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/image.h"

namespace qsample {

using Bytes = std::span<const std::byte>;

/// What a file holds, before its orientation is applied.
struct Decoded {
  Image image;
  int orientation = 1;  ///< EXIF orientation, 1..8, that is still to be applied
};

struct EncodeOptions {
  std::string extension;    ///< that the file will have, lower case with the dot
  std::string record = {};  ///< JSON text to carry along where the format can; empty for none
};

/// A format, working on bytes in memory. Functions are stateless and thread-safe; they throw Error
/// with what is wrong with the file or image, without the file's name.
struct Codec {
  std::string_view name;
  std::span<const std::string_view> extensions;  ///< lower case, with the dot; the usual one first
  bool (*sniff)(Bytes head);                     ///< by signature alone
  Decoded (*decode)(Bytes file);
  std::vector<std::byte> (*encode)(const Image& image, const EncodeOptions& options);
  bool lossy = false;                           ///< written only when asked for by name
  std::string (*record)(Bytes file) = nullptr;  ///< the text that encode was given, or empty
};

extern const Codec kPng;
extern const Codec kJpeg;
extern const Codec kWebp;
extern const Codec kTiff;
extern const Codec kBmp;
extern const Codec kPnm;

/// True if `file` has the characters of `text` at `offset`.
inline bool has_text(Bytes file, std::size_t offset, std::string_view text) {
  if (file.size() < offset + text.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<char>(file[offset + i]) != text[i]) return false;
  }
  return true;
}

}  // namespace qsample
