// Curves in a terminal.
#pragma once

#include <string>
#include <vector>

#include "qsample/jobs/curves.h"

namespace qsample::plot {

struct Terminal {
  int columns = 80;
  int rows = 24;
  bool colour = false;  ///< may be coloured by ANSI sequences
  bool braille = true;  ///< shows Unicode; else letters are dots
};

/// The curves of log SNR and alpha_bar, in a large terminal of sigma and beta too, in lines no
/// longer than it is wide and one less than it has rows. Schedules are told apart by colours, or by
/// letters at their curves. Each character of a panel has 2 x 4 dots of braille.
[[nodiscard]] std::string terminal_plot(const std::vector<NamedSchedule>& schedules,
                                        const std::vector<int>& marks, const Terminal& terminal);

}  // namespace qsample::plot
