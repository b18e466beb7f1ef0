// Plots as SVG.
#pragma once

#include <string>

#include "pipeline/plot/plot.h"
#include "qsample/jobs/curves.h"

namespace qsample::plot {

/// The text of a file. With the automatic theme its colours are light, and dark where the reader
/// prefers it.
[[nodiscard]] std::string svg_of(const Plot& plot, Theme theme);

}  // namespace qsample::plot
