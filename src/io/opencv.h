// The formats that OpenCV reads and writes.
//
// OpenCV's image module brings some 140 shared libraries, which take longer to load than an image
// takes to noise. So it lives in a plug-in that is opened when the first such image is met.
#pragma once

#include <string>
#include <vector>

#include "io/codec.h"

namespace qsample::opencv {

/// What the plug-in provides. Both throw Error without a file name.
struct Plugin {
  Image (*decode)(Bytes file);
  /// `extension` with its dot names the format.
  std::vector<std::byte> (*encode)(const Image& image, const std::string& extension);
};

/// The symbol under which the plug-in offers itself, and its type.
inline constexpr char kPluginSymbol[] = "qsample_opencv_plugin";
using GetPlugin = const Plugin* (*)();

/// The plug-in, loaded on first use. Throws Error where it can't be.
const Plugin& plugin();

}  // namespace qsample::opencv
