#include "pipeline/curves/arrangement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pipeline/curves/balance.h"
#include "pipeline/plot/lettering.h"

namespace qsample::plot {
namespace {

constexpr int kUsualWidth = 640;
constexpr double kShape = 0.7;         // height of the panels, in widths of the picture
constexpr double kLeastLegible = 300;  // width of a picture that has letters, at the usual size
constexpr double kLeastHeight = 250;   // of its panels
constexpr double kMostLegend = 0.35;   // of the height

Legend legend_of(const std::vector<NamedSchedule>& schedules, double width,
                 const Measures& measures) {
  constexpr double kMostOfName = 0.5;  // of the width
  const double size = measures.text;
  const bool of_steps = over_share(schedules);
  Legend legend;
  double widest = 0;
  for (const auto& [label, schedule, timesteps] : schedules) {
    Entry entry{shortened(label, kMostOfName * width, size), {}};
    if (const auto balance = balance_of(schedule)) {
      entry.balance = fmt::format("t = {}", balance->nearest);
    }
    if (of_steps) {
      entry.balance +=
          fmt::format("{} of {}", entry.balance.empty() ? "T =" : "", schedule.steps());
    }
    widest = std::max(widest, measures.sample + width_of(entry.name, size) +
                                  width_of(entry.balance, size) + 6.5 * measures.space);
    legend.entries.push_back(std::move(entry));
  }
  const int most = std::max(1, static_cast<int>(width / widest));
  const auto count = static_cast<int>(schedules.size());
  const int rows = (count + most - 1) / most;
  legend.columns = (count + rows - 1) / rows;  // rows of one length
  legend.column_width = widest;
  return legend;
}

double legend_height(const Arrangement& arrangement) {
  if (arrangement.detail != Detail::all) return 0;
  return arrangement.legend.rows() * arrangement.measures.line + arrangement.measures.space;
}

// Wide pictures have all panels side by side, tall ones one below the other.
int columns_of(double width, double height) {
  constexpr double kWide = 2.4;
  constexpr double kTall = 0.6;
  if (width > kWide * height) return 4;
  return width < kTall * height ? 1 : 2;
}

// Of a picture of which only the width was asked for.
int natural_height(int width, const Legend& legend, const Measures& m) {
  if (width < kLeastLegible) return static_cast<int>(std::lround(kShape * width));
  const double panels = std::max(kShape * width, kLeastHeight * m.scale);
  return static_cast<int>(std::lround(panels + legend.rows() * m.line + m.space));
}

double widest_label(const std::vector<Tick>& ticks, double size) {
  double widest = 0;
  for (const Tick& tick : ticks) widest = std::max(widest, width_of(typeset(tick.label), size));
  return widest;
}

double margin_of(const Arrangement& arrangement) {
  constexpr double kShare = 0.04;
  if (arrangement.detail != Detail::bare) return arrangement.measures.margin;
  return kShare * std::min(arrangement.width, arrangement.height);
}

// The heights of the rows of panels, and the ticks that these have room for.
void place_rows(Arrangement& arrangement, const std::vector<Axis>& axes) {
  const Measures& m = arrangement.measures;
  const bool titled = arrangement.detail <= Detail::titled;
  const double margin = margin_of(arrangement);
  const double gap = arrangement.detail == Detail::bare ? margin : m.gap;
  const double title = titled ? m.line : 0;
  const double below = arrangement.has_axes() ? 2 * m.line : 0;
  const double top = margin + legend_height(arrangement);
  const int rows = static_cast<int>(axes.size()) / arrangement.columns;
  const double height =
      (arrangement.height - top - below - margin - (rows - 1) * gap) / rows - title;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto row = static_cast<int>(i) / arrangement.columns;
    const double begin = top + row * (height + title + gap) + title;
    arrangement.panels.push_back({0, begin, 0, begin + height});
    const int most = std::max(1, static_cast<int>(height / (2.2 * m.text)));
    arrangement.ticks.push_back(arrangement.has_axes() && height > 0 ? ticks(axes[i], most)
                                                                     : std::vector<Tick>());
  }
}

// The widths of their columns, which the numbers to the left of the panels leave.
void place_columns(Arrangement& arrangement, const Axis& time) {
  const Measures& m = arrangement.measures;
  const double margin = margin_of(arrangement);
  const double gap = arrangement.detail == Detail::bare ? margin : m.gap;
  std::vector<double> numbers(static_cast<std::size_t>(arrangement.columns), 0);
  for (std::size_t i = 0; i < arrangement.panels.size(); ++i) {
    double& widest = numbers[i % numbers.size()];
    widest = std::max(widest, widest_label(arrangement.ticks[i], m.text) + m.tick);
  }
  double taken = 2 * margin + (arrangement.columns - 1) * gap;
  if (arrangement.has_axes()) taken += m.margin;  // half of the last number below
  for (const double width : numbers) taken += width;
  const double width = (arrangement.width - taken) / arrangement.columns;
  for (std::size_t i = 0; i < arrangement.panels.size(); ++i) {
    const std::size_t column = i % numbers.size();
    double left = margin + static_cast<double>(column) * (width + gap);
    for (std::size_t k = 0; k <= column; ++k) left += numbers[k];
    arrangement.panels[i].left = left;
    arrangement.panels[i].right = left + width;
  }
  if (!arrangement.has_axes() || width <= 0) return;
  const double number = widest_label(ticks(time, 4), m.text) + 1.5 * m.text;
  arrangement.times = ticks(time, std::max(1, static_cast<int>(width / number)));
}

bool has_room(const Arrangement& arrangement) {
  const Area& panel = arrangement.panels.front();
  const double width = (panel.right - panel.left) / arrangement.measures.scale;
  const double height = (panel.bottom - panel.top) / arrangement.measures.scale;
  switch (arrangement.detail) {
    case Detail::all:
      return width >= 80 && height >= 50 &&
             legend_height(arrangement) <= kMostLegend * arrangement.height &&
             arrangement.legend.column_width <= arrangement.width;
    case Detail::unnamed: return width >= 80 && height >= 50;
    case Detail::titled: return width >= 70 && height >= 30;
    case Detail::bare: break;
  }
  return true;
}

}  // namespace

Arrangement arrangement_of(const CurvesJob& job, const std::vector<Axis>& axes, const Axis& time) {
  int width = job.width;
  if (width == 0) width = job.height == 0 ? kUsualWidth : static_cast<int>(job.height / kShape);
  const double wider = static_cast<double>(width) / kUsualWidth;
  const double higher = job.height / (kShape * kUsualWidth);
  const Measures measures{std::max(1.0, job.height == 0 ? wider : std::min(wider, higher))};
  Legend legend = legend_of(job.schedules, width - 2 * measures.margin, measures);
  for (const Detail detail : {Detail::all, Detail::unnamed, Detail::titled, Detail::bare}) {
    Arrangement arrangement{
        .width = width, .detail = detail, .measures = measures, .legend = legend};
    arrangement.height = job.height != 0 ? job.height : natural_height(width, legend, measures);
    arrangement.columns = columns_of(width, arrangement.height - legend_height(arrangement));
    place_rows(arrangement, axes);
    place_columns(arrangement, time);
    if (has_room(arrangement)) return arrangement;
  }
  return {};
}

}  // namespace qsample::plot
