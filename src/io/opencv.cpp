#include "io/opencv.h"

#include <dlfcn.h>

#include <filesystem>

#include "qsample/error.h"

namespace qsample::opencv {
namespace {

namespace fs = std::filesystem;

// Beside the program in a build tree, or where the installation puts it, relative to the program,
// so that an installed folder can be moved.
const Plugin& load() {
  std::error_code unknown;
  const fs::path here = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  std::string reason = "not found";
  for (const fs::path& path : {here / QSAMPLE_PLUGIN_FILE, here / QSAMPLE_PLUGIN_FROM_BIN}) {
    if (!fs::exists(path, unknown)) continue;
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) {
      if (void* symbol = ::dlsym(library, kPluginSymbol)) {
        return *reinterpret_cast<GetPlugin>(symbol)();
      }
    }
    reason = ::dlerror();
  }
  throw Error("this format needs OpenCV's image module (Debian: libopencv-imgcodecs), and " +
              std::string(QSAMPLE_PLUGIN_FILE) + " can't be loaded: " + reason);
}

}  // namespace

const Plugin& plugin() {
  static const Plugin& loaded = load();
  return loaded;
}

}  // namespace qsample::opencv
