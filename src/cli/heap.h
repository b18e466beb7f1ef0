// The heap of a process that handles images.
#pragma once

namespace qsample::cli {

/// Has the heap grow in large steps, keep what it has, and lie in large pages where the system
/// offers them: half the time of noising an image of 512 by 512 was spent on first touching its
/// buffers, page by page. Call it before the first large allocation.
void prepare_heap();

}  // namespace qsample::cli
