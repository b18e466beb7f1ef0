// What jobs of many frames save beside each.
#pragma once

#include <string>

#include "qsample/trainers/target.h"

namespace qsample {

/// A target that is written beside each x_t: to a folder of its own, by the same name with the
/// ending `extension`; of shards, as a further member, cat.eps.npy; or, where it is neither, into
/// the file of x_t, whose format must hold several. Where it has EDM's scalings they are beside it,
/// in JSON.
struct SavedBeside {
  const Target* target;  ///< a row of targets()
  std::string folder = {};
  std::string extension = ".npy";
  bool is_member = false;  ///< of shards alone, which have no folders

  [[nodiscard]] bool is_inside() const { return folder.empty() && !is_member; }
};

}  // namespace qsample
