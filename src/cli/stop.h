// Ctrl-C and its kin.
#pragma once

#include "pipeline/parallel.h"

namespace qsample::cli {

/// From now on SIGINT, SIGTERM and SIGHUP ask for an orderly end; a second one ends at once. So
/// does a pipe that nobody reads any more. A file that grows past its limit is an error like
/// another.
void catch_stop_signals();

/// Set once such a signal has come.
[[nodiscard]] Stop stop_flag();

/// The exit status that tells which signal it was, such as 130, 143 or 129; 0 if none has come.
[[nodiscard]] int stop_status();

}  // namespace qsample::cli
