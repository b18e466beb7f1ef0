// Messages of InvalidArgument.
#pragma once

#include <sstream>

#include "qsample/error.h"

namespace qsample {

/// Throws InvalidArgument with the parts written one after the other.
template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream text;
  text.precision(10);
  (text << ... << parts);
  throw InvalidArgument(text.str());
}

}  // namespace qsample
