#include "image/plugin.h"

#include <dlfcn.h>
#include <sys/auxv.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "qsample/error.h"
#include "qsample/image_io.h"

namespace qsample::plugin {
namespace {

namespace fs = std::filesystem;

fs::path& module_folder() {
  static fs::path folder;
  return folder;
}

// In the folder that a program has set; beside the program in a build tree, or where the
// installation puts it, relative to the program, so that an installed folder can be moved.
const void* open(const Module& module) {
  const std::string file = std::string("qsample-") + module.name + ".so";
  std::error_code unknown;
  fs::path program = fs::read_symlink("/proc/self/exe", unknown);
  // A system without /proc: as the program was called.
  if (unknown) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): getauxval gives pointers as numbers.
    program = fs::weakly_canonical(reinterpret_cast<const char*>(::getauxval(AT_EXECFN)), unknown);
  }
  const fs::path here = program.parent_path();
  std::string reason = "not found";
  std::vector<fs::path> folders = {here, here / QSAMPLE_PLUGINS_FROM_BIN};
  if (!module_folder().empty()) folders = {module_folder()};
  for (const fs::path& folder : folders) {
    const fs::path path = folder / file;
    if (!fs::exists(path, unknown)) continue;
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) {
      if (void* symbol = ::dlsym(library, kSymbol)) return reinterpret_cast<Get>(symbol)();
    }
    reason = ::dlerror();
  }
  throw Error(std::string(module.purpose) + " needs " + module.needs + ", and " + file +
              " can't be loaded: " + reason);
}

}  // namespace

const void* interface_of(const Module& module) {
  static std::mutex mutex;
  static std::map<std::string_view, const void*> loaded;
  const std::scoped_lock lock(mutex);
  const void*& found = loaded[module.name];
  if (found == nullptr) found = open(module);
  return found;
}

}  // namespace qsample::plugin

void qsample::set_module_folder(const std::string& folder) { plugin::module_folder() = folder; }
