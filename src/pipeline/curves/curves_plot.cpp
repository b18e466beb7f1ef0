#include "pipeline/curves/curves_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "pipeline/curves/arrangement.h"
#include "pipeline/curves/balance.h"
#include "pipeline/curves/marks.h"
#include "pipeline/curves/quantities.h"
#include "pipeline/plot/lettering.h"
#include "pipeline/plot/theme.h"

namespace qsample::plot {
namespace {

constexpr double kTolerance = 0.05;    // pixels by which a line may lie beside its points
constexpr std::size_t kFewSteps = 33;  // each of which is shown
constexpr double kHalfDigit = 0.36;    // of the size of letters

Polyline curve_of(const Quantity& quantity, const NoiseSchedule& schedule, const Panel& panel) {
  Polyline line;
  for (int t = quantity.first; t <= schedule.steps(); ++t) {
    line.push_back(panel.at(schedule, t, quantity.value(schedule, t)));
  }
  return line;
}

void add_curve(Group& group, const Polyline& line, const Panel& panel, std::size_t index,
               const Measures& measures) {
  const Paint paint{Ink::curve, index};
  if (line.size() <= kFewSteps) {
    for (const Point at : line) {
      if (is_inside(at, panel.box)) group.dots.push_back({at, 1.2 * measures.curve, paint});
    }
  }
  for (const Polyline& piece : clipped(line, panel.box.top, panel.box.bottom)) {
    if (piece.size() == 1) {
      group.dots.push_back({piece.front(), measures.curve, paint});
    } else {
      group.strokes.push_back(
          {simplified(piece, kTolerance), paint, measures.curve, dashes_of(index, measures.curve)});
    }
  }
}

void add_heights(Group& group, const Panel& panel, const std::vector<Tick>& ticks,
                 const Measures& m) {
  for (const Tick& tick : ticks) {
    const double y = panel.height_of(tick.value);
    group.strokes.push_back({{{panel.box.left, y}, {panel.box.right, y}}, {Ink::grid}, m.fine});
    group.texts.push_back({{panel.box.left - m.tick, y + kHalfDigit * m.text},
                           Anchor::end,
                           typeset(tick.label),
                           m.text,
                           {Ink::muted}});
  }
}

// The numbers below a panel: those of the marks, and the others where these leave room.
void add_times(Group& group, const CurvesJob& job, const Panel& panel,
               const Arrangement& arrangement) {
  const Measures& m = arrangement.measures;
  const double y = panel.box.bottom + m.tick + m.text;
  std::vector<Span> taken;
  const auto put = [&](double x, const std::string& text, Ink ink) {
    const double half = width_of(text, m.text) / 2 + m.tick;
    if (!is_free(taken, {x - half, x + half})) return;
    taken.push_back({x - half, x + half});
    group.texts.push_back({{x, y}, Anchor::middle, text, m.text, {ink}});
  };
  for (const Place& mark : places_of(job, panel)) {
    put(mark.x, fmt::format("{}{}", panel.over_share ? "t = " : "", mark.t), Ink::text);
  }
  for (const Tick& tick : arrangement.times) put(panel.x_of(tick.value), tick.label, Ink::muted);
  group.texts.push_back({{(panel.box.left + panel.box.right) / 2, y + 1.3 * m.text},
                         Anchor::middle,
                         panel.over_share ? "t / T" : "t",
                         m.text,
                         {Ink::muted}});
}

void add_axes(Group& group, const CurvesJob& job, const Panel& panel,
              const Arrangement& arrangement, std::size_t index) {
  const Measures& m = arrangement.measures;
  const double bottom = panel.box.bottom;
  add_heights(group, panel, arrangement.ticks[index], m);
  for (const Tick& tick : arrangement.times) {
    const double x = panel.x_of(tick.value);
    group.strokes.push_back({{{x, bottom}, {x, bottom + m.tick}}, {Ink::axis}, m.fine});
  }
  if (arrangement.has_axes() && arrangement.is_lowest(index)) {
    add_times(group, job, panel, arrangement);
  }
}

void add_frame(Group& group, const Area& box, const Measures& m) {
  group.strokes.push_back({{{box.left, box.top}, {box.left, box.bottom}, {box.right, box.bottom}},
                           {Ink::axis},
                           m.fine});
}

Group panel_group(const CurvesJob& job, const Quantity& quantity, const Panel& panel,
                  const Arrangement& arrangement, std::size_t index) {
  const Measures& m = arrangement.measures;
  Group group{std::string(quantity.name), std::string(quantity.word)};
  add_axes(group, job, panel, arrangement, index);
  add_frame(group, panel.box, m);
  if (arrangement.detail <= Detail::titled) {
    group.texts.push_back({{panel.box.left, panel.box.top - 0.55 * m.text},
                           Anchor::start,
                           std::string(quantity.symbol),
                           m.title,
                           {Ink::text}});
  }
  std::vector<Polyline> lines;
  for (std::size_t i = 0; i < job.schedules.size(); ++i) {
    lines.push_back(curve_of(quantity, job.schedules[i].schedule, panel));
    add_curve(group, lines.back(), panel, i, m);
  }
  add_marks(group, job, quantity, panel, arrangement, lines);
  return group;
}

Group legend_group(const CurvesJob& job, const Arrangement& arrangement) {
  const Measures& m = arrangement.measures;
  Group group{"legend", "Schedules, and where their SNR is 1"};
  for (std::size_t i = 0; i < job.schedules.size(); ++i) {
    const Entry& entry = arrangement.legend.entries[i];
    const auto row = static_cast<int>(i) / arrangement.legend.columns;
    const auto column = static_cast<int>(i) % arrangement.legend.columns;
    double x = m.margin + column * arrangement.legend.column_width;
    const double y = m.margin + row * m.line + 0.8 * m.text;
    const double middle = y - 0.34 * m.text;
    const Paint paint{Ink::curve, i};
    group.strokes.push_back(
        {{{x, middle}, {x + m.sample, middle}}, paint, m.curve, dashes_of(i, m.curve)});
    x += m.sample + m.space;
    group.texts.push_back({{x, y}, Anchor::start, entry.name, m.text, {Ink::text}});
    x += width_of(entry.name, m.text) + 2 * m.space;
    if (balance_of(job.schedules[i].schedule)) {
      group.dots.push_back({{x, middle}, m.ring, paint, true});
      x += m.ring + m.space;
    }
    group.texts.push_back({{x, y}, Anchor::start, entry.balance, m.text, {Ink::muted}});
  }
  return group;
}

std::string description_of(const CurvesJob& job) {
  std::string text = fmt::format(
      "alpha_bar, sigma, log SNR and beta over {}, a panel each. Rings are where the SNR is 1:",
      over_share(job.schedules) ? "t / T" : "t");
  for (const auto& [label, schedule, timesteps] : job.schedules) {
    const auto balance = balance_of(schedule);
    text += fmt::format(" {}, {} of {};", legible(label),
                        balance ? fmt::format("t = {}", balance->nearest) : "nowhere",
                        schedule.steps());
  }
  text.back() = '.';
  return text;
}

}  // namespace

Plot curves_plot(const CurvesJob& job) {
  std::vector<Axis> axes;
  for (const Quantity& quantity : quantities()) axes.push_back(axis_of(quantity, job.schedules));
  const bool shares = over_share(job.schedules);
  Axis time;
  if (!shares) time = {.high = 1.0 * job.schedules.front().schedule.steps(), .whole = true};
  const Arrangement arrangement = arrangement_of(job, axes, time);
  std::string names;
  for (const auto& [label, schedule, timesteps] : job.schedules) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", legible(label));
  }
  Plot plot{arrangement.width, arrangement.height,
            fmt::format("Noise schedule{}: {}", job.schedules.size() == 1 ? "" : "s", names),
            description_of(job)};
  if (arrangement.detail == Detail::all) plot.groups.push_back(legend_group(job, arrangement));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Panel panel{arrangement.panels[i], axes[i], time, shares};
    plot.groups.push_back(panel_group(job, quantities()[i], panel, arrangement, i));
  }
  return plot;
}

}  // namespace qsample::plot
