// Whole files made at once, as tests like them.
#pragma once

#include <string>
#include <vector>

#include "io/file.h"
#include "io/image_io.h"

namespace qsample {

inline std::vector<std::byte> encoded(const Image& image, const Codec& codec,
                                      const EncodeOptions& options) {
  std::vector<std::byte> file;
  encode_image(image, codec, options, "out",
               [&](Bytes piece) { file.insert(file.end(), piece.begin(), piece.end()); });
  return file;
}

inline void write_file(const std::string& path, Bytes bytes, bool overwrite) {
  OutputFile file(path, overwrite);
  file.write(bytes);
  file.commit();
}

}  // namespace qsample
