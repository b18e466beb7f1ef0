// What a command line of `qsample noise` asks for.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "qsample/jobs/noise_file.h"

namespace qsample::cli {

struct NoiseWork {
  std::vector<NoiseJob> jobs;  ///< of one file
  ForwardProcess process;
};

/// Of the words behind `noise`, as command_words() gives them. Reads the schedule's file, and
/// nothing else. The jobs warn on the console, which must outlive them. Throws Error.
[[nodiscard]] NoiseWork noise_work(std::vector<std::string> words, Console& console);

}  // namespace qsample::cli
