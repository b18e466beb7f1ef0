#include "formats/tar/tar_reader.h"

#include <utility>

#include "image/plugin.h"

namespace qsample {

std::unique_ptr<TarReader> read_tar(NextPiece next) {
  constexpr plugin::Module kModule = {"tar", "libarchive (Debian: libarchive13)", "reading shards"};
  return plugin::load<TarModule>(kModule).read(std::move(next));
}

}  // namespace qsample
