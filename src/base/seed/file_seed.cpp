#include "base/seed/file_seed.h"

// Within this file, so that who links it need not have the library.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace qsample {

std::uint64_t file_seed(std::string_view relative, std::uint64_t seed) {
  return XXH3_64bits_withSeed(relative.data(), relative.size(), seed);
}

}  // namespace qsample
