// Where the parts of a picture of curves are, and which there is room for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "pipeline/plot/axis.h"
#include "qsample/jobs/curves.h"

namespace qsample::plot {

struct Area {
  double left, top, right, bottom;
};

/// An entry of the legend: a schedule's name, and where its SNR is 1.
struct Entry {
  std::string name;
  std::string balance;  ///< "t = 259", or empty
};

struct Legend {
  std::vector<Entry> entries;
  int columns = 1;
  double column_width = 0;

  [[nodiscard]] int rows() const {
    return (static_cast<int>(entries.size()) + columns - 1) / columns;
  }
};

/// What there is room for, from all down to the bare curves.
enum class Detail { all, unnamed, titled, bare };

/// Lengths in pixels, the usual ones times what the picture is larger.
struct Measures {
  double scale;
  double text = 13 * scale;
  double title = 15 * scale;
  double line = 19 * scale;     ///< from one line of text to the next
  double margin = 14 * scale;   ///< around the picture
  double gap = 18 * scale;      ///< between panels
  double tick = 4 * scale;      ///< between an axis and its numbers
  double sample = 30 * scale;   ///< of a line, in the legend
  double space = 7 * scale;     ///< between parts of an entry there
  double ring = 3.2 * scale;    ///< radius
  double curve = 1.75 * scale;  ///< width of a line
  double fine = 0.9 * scale;
};

struct Arrangement {
  int width = 0;
  int height = 0;
  Detail detail = Detail::all;
  Measures measures{1};
  Legend legend = {};
  int columns = 2;
  std::vector<Area> panels = {};              ///< one for each quantity
  std::vector<std::vector<Tick>> ticks = {};  ///< of their heights
  std::vector<Tick> times = {};               ///< of their widths

  [[nodiscard]] bool has_axes() const { return detail <= Detail::unnamed; }
  /// Whether there is no panel below.
  [[nodiscard]] bool is_lowest(std::size_t panel) const {
    return panel + static_cast<std::size_t>(columns) >= panels.size();
  }
};

/// The arrangement of a job's picture, of panels whose heights are `axes` and whose widths `time`.
[[nodiscard]] Arrangement arrangement_of(const CurvesJob& job, const std::vector<Axis>& axes,
                                         const Axis& time);

}  // namespace qsample::plot
