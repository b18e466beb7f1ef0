// An image made ready for noise: alpha, colours, size.
#pragma once

#include "pipeline/memory_budget.h"
#include "qsample/jobs/preparation.h"

namespace qsample {

/// The image after all steps, each of which `lease` holds the memory of. Its annotations tell where
/// it was cropped. Throws Error where a step can't be, MemoryTaken.
[[nodiscard]] Image prepared(Image image, const Preparation& preparation, MemoryLease& lease);

}  // namespace qsample
