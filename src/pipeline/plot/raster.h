// Plots as images.
#pragma once

#include <string>

#include "pipeline/plot/plot.h"
#include "qsample/bytes.h"
#include "qsample/jobs/curves.h"
#include "qsample/run.h"

namespace qsample::plot {

/// Draws a plot and writes it as PNG. The automatic theme is the light one. `name` is for messages.
void write_png(const Plot& plot, Theme theme, const std::string& name, const RunOptions& run,
               const Sink& sink);

}  // namespace qsample::plot
