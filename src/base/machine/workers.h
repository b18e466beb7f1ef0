// How many threads are worth having.
#pragma once

#include <string>
#include <string_view>

#include "base/machine/control_groups.h"

namespace qsample {

/// So many threads may run at once.
struct Workers {
  int count = 1;
  std::string_view reason;  ///< what says so
  std::string left_out;     ///< what Slurm's variable holds where that is no number of cores
};

/// Of this process: by the cores that it may use, its control groups, and SLURM_CPUS_PER_TASK.
[[nodiscard]] Workers default_workers();

/// The least of `cores`, of what the groups allow, and of the number from 1 that `slurm` holds, the
/// value of SLURM_CPUS_PER_TASK; null or empty where it is not set.
[[nodiscard]] Workers least_workers(int cores, const ControlGroups& groups, const char* slurm);

}  // namespace qsample
