// Frames that are in a trajectory's folder besides its own: a film of the folder would show them.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace qsample {

/// Names of such frames, in order.
struct OtherFrames {
  std::vector<std::string> alike;      ///< of this trajectory, at other timesteps
  std::vector<std::string> different;  ///< of an image of this stem, made in another way
  std::vector<std::string> unknown;    ///< of an image of this stem, without a record
  std::vector<std::string> foreign;    ///< of other stems

  [[nodiscard]] bool empty() const {
    return alike.empty() && different.empty() && unknown.empty() && foreign.empty();
  }
};

/// Looks in `folder` for names "<stem>_t<digits><extension>", of any stem and any number of digits,
/// that are not among `own`. `record_at` gives the record that the trajectory's own frame has at a
/// timestep, or nothing where it has no such timestep. A folder that can't be listed holds none.
[[nodiscard]] OtherFrames other_frames(const std::string& folder, const std::string& stem,
                                       const std::string& extension,
                                       const std::set<std::string>& own,
                                       const std::function<std::string(int t)>& record_at,
                                       int workers);

}  // namespace qsample
