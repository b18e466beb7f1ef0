// Lines through points: the part that is seen, with no more points than can be seen.
#pragma once

#include <vector>

#include "opencv/drawing/drawing.h"

namespace qsample::plot {

using Polyline = std::vector<Point>;

/// The pieces of a line that lie between two heights, ends that cross them cut there. A point whose
/// y is not finite parts the line.
[[nodiscard]] std::vector<Polyline> clipped(const Polyline& line, double top, double bottom);

/// The line, x ascending, through some of its points, the first and the last among them, so that no
/// other is further from it than `tolerance`.
[[nodiscard]] Polyline simplified(const Polyline& line, double tolerance);

/// The dashes of a line: pieces that are drawn and left out by turns, as long as `pattern` says. An
/// empty pattern is the whole line.
[[nodiscard]] std::vector<Polyline> dashed(const Polyline& line,
                                           const std::vector<double>& pattern);

}  // namespace qsample::plot
