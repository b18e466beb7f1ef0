// The picture of schedules: four panels, a legend, marks.
#pragma once

#include "pipeline/plot/plot.h"
#include "qsample/jobs/curves.h"

namespace qsample::plot {

/// The picture that a job asks for; its sizes and marks have been checked. Groups are named
/// "legend" and as quantities() are.
[[nodiscard]] Plot curves_plot(const CurvesJob& job);

}  // namespace qsample::plot
