// Arrays that are taken element by element.
#pragma once

#include <cstddef>

#include "qsample/error.h"

namespace qsample {

/// Throws InvalidArgument unless the two lengths are one.
inline void check_equal(std::size_t a, std::size_t b) {
  if (a != b) throw InvalidArgument("arrays of one forward step differ in length");
}

}  // namespace qsample
