// What the module of CMYK profiles provides.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"

namespace qsample {

/// What a profile says of CMYK, as sRGB.
class CmykTransform {
 public:
  virtual ~CmykTransform() = default;
  /// Both of the depth that it was opened for, and apart from each other.
  virtual void run(const void* cmyk, void* rgb, std::size_t pixels) const = 0;
};

struct CmykModule {
  /// For samples of `depth` bits, 8 or 16; null for a profile that is damaged or not for CMYK.
  std::unique_ptr<CmykTransform> (*open)(Bytes profile, int depth);
  const char* version;  ///< "Little CMS 2.14"
};

}  // namespace qsample
