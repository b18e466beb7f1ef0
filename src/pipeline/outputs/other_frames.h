// Frames that are in a trajectory's folder besides its own: a film of the folder would show them.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "qsample/jobs/trajectory.h"

namespace qsample {

/// Looks in `folder` for names "<stem>_t<digits><extension>", of any stem and any number of digits,
/// that are not among `own`. `record_at` gives the record that the trajectory's own frame has at a
/// timestep, or nothing where it has no such timestep. A folder that can't be listed holds none.
[[nodiscard]] OtherFrames other_frames(const std::string& folder, const std::string& stem,
                                       const std::string& extension,
                                       const std::set<std::string>& own,
                                       const std::function<std::string(int t)>& record_at,
                                       int workers);

}  // namespace qsample
