// Formats that are read and written in plug-ins.
//
// OpenCV's image module brings some 140 shared libraries, which take longer to load than an image
// takes to noise; libtiff and libwebp bring a dozen. So each lives in a module of its own, that is
// opened when the first such image is met.
#pragma once

#include <vector>

#include "image/codec.h"

namespace qsample::plugin {

/// What a module provides; both as in Codec.
struct Plugin {
  Decoded (*decode)(Bytes file, const DecodeOptions& options);
  void (*encode)(const Image& image, const EncodeOptions& options, const Sink& sink);
  const char* version = "";  ///< of the library behind it, where records tell it: "OpenCV 4.6.0"
};

/// The symbol under which a module offers itself, and its type.
inline constexpr char kSymbol[] = "qsample_plugin";
using Get = const Plugin* (*)();

/// A module: the file qsample-<name>.so, and the library behind it, with the package that brings
/// it.
struct Module {
  const char* name;
  const char* needs;
};

/// What a module provides; loaded on first use. Throws Error where it can't be. Thread-safe.
const Plugin& load(const Module& module);

}  // namespace qsample::plugin
