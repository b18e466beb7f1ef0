// What stands in modules of its own: formats, drawing.
//
// OpenCV's image module brings some 140 shared libraries, which take longer to load than an image
// takes to noise; libtiff and libwebp bring a dozen. So each lives in a module of its own, that is
// opened when it is first needed.
#pragma once

#include "image/codec.h"

namespace qsample::plugin {

/// What the module of a format provides; both as in Codec.
struct Plugin {
  Decoded (*decode)(Bytes file, const DecodeOptions& options);
  void (*encode)(const Image& image, const EncodeOptions& options, const Sink& sink);
  const char* version = "";  ///< of the library behind it, where records tell it: "OpenCV 4.6.0"
};

/// The symbol under which a module offers itself, and its type: it returns the module's interface.
inline constexpr char kSymbol[] = "qsample_plugin";
using Get = const void* (*)();

/// A module: the file qsample-<name>.so, the library behind it, with the package that brings it,
/// and what it is needed for.
struct Module {
  const char* name;
  const char* needs;
  const char* purpose = "this format";
};

/// The interface of a module; loaded on first use. Throws Error where it can't be. Thread-safe.
const void* interface_of(const Module& module);

/// What a module provides, whose interface is an Interface.
template <class Interface = Plugin>
const Interface& load(const Module& module) {
  return *static_cast<const Interface*>(interface_of(module));
}

}  // namespace qsample::plugin
