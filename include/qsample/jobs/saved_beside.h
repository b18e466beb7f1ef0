// What jobs of many frames save beside each.
#pragma once

#include <string>

#include "qsample/trainers/target.h"

namespace qsample {

/// A target that is written beside each x_t: to a folder of its own, by the same name with the
/// ending `extension`, or, where `folder` is empty, into the file of x_t, whose format must hold
/// several. Where it has EDM's scalings they are beside it, in JSON.
struct SavedBeside {
  const Target* target;  ///< a row of targets()
  std::string folder = {};
  std::string extension = ".npy";
};

}  // namespace qsample
