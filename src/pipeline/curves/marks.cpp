#include "pipeline/curves/marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pipeline/curves/balance.h"
#include "pipeline/plot/lettering.h"

namespace qsample::plot {
namespace {

// A value that stands beside a mark's line.
struct Value {
  double y;  ///< middle
  std::size_t curve;
  std::string text;
};

// Moves values, ordered by height, a line's distance apart, as many up as down, and into the panel.
// Returns whether they fit.
bool spread(std::vector<Value>& values, const Area& box, double line) {
  if (static_cast<double>(values.size()) * line > box.bottom - box.top) return false;
  double next = box.top;
  double moved = 0;
  for (Value& value : values) {
    const double y = std::max(value.y, next);
    moved += y - value.y;
    value.y = y;
    next = y + line;
  }
  if (values.empty()) return true;
  const double up = moved / static_cast<double>(values.size());
  double lowest = box.top + line / 2;
  for (Value& value : values) {
    value.y = std::max(value.y - up, lowest);
    lowest = value.y + line;
  }
  double highest = box.bottom - line / 2;
  for (std::size_t i = values.size(); i-- > 0;) {
    values[i].y = std::min(values[i].y, highest);
    highest = values[i].y - line;
  }
  return true;
}

class Marks {
 public:
  Marks(Group& group, const CurvesJob& job, const Quantity& quantity, const Panel& panel,
        const Arrangement& arrangement)
      : group_(group),
        job_(job),
        quantity_(quantity),
        panel_(panel),
        m_(arrangement.measures),
        detail_(arrangement.detail),
        lettered_(arrangement.has_axes()) {}

  // Where signal and noise are equally strong, in the panel of the SNR.
  void add_balance_line() {
    const Area& box = panel_.box;
    const double y = panel_.height_of(0);
    if (!(y > box.top && y < box.bottom)) return;
    group_.strokes.push_back(
        {{{box.left, y}, {box.right, y}}, {Ink::axis}, m_.fine, {3 * m_.fine, 3 * m_.fine}});
  }

  // Its words, where no value stands.
  void add_balance_words() {
    const std::string words = "SNR = 1";
    const Area& box = panel_.box;
    const double y = panel_.height_of(0) - m_.tick;
    if (!lettered_ || !(y - m_.text > box.top && y < box.bottom)) return;
    if (!is_free(values_, {box.right - width_of(words, m_.text), box.right})) return;
    group_.texts.push_back({{box.right, y}, Anchor::end, words, m_.text, {Ink::muted}, true});
  }

  void add_ring(const Polyline& line, std::size_t curve) {
    if (detail_ == Detail::bare) return;
    const auto balance = balance_of(job_.schedules[curve].schedule);
    if (!balance) return;
    const int before = balance->before - quantity_.first;
    const auto last = static_cast<int>(line.size()) - 1;
    if (last < 0) return;
    const Point a = line[static_cast<std::size_t>(std::clamp(before, 0, last))];
    const Point b = line[static_cast<std::size_t>(std::clamp(before + 1, 0, last))];
    const double share = balance->share;
    const Point at{a.x + share * (b.x - a.x), share == 0 ? a.y : a.y + share * (b.y - a.y)};
    if (is_inside(at, panel_.box)) {
      group_.dots.push_back({at, m_.ring, {Ink::curve, curve}, true});
    }
  }

  void add_mark(const Place& place) {
    const auto& [t, x, curves] = place;
    const Area& box = panel_.box;
    group_.strokes.push_back(
        {{{x, box.top}, {x, box.bottom}}, {Ink::muted}, m_.fine, {2 * m_.scale, 2 * m_.scale}});
    std::vector<Value> values;
    for (const std::size_t curve : curves) {
      const NoiseSchedule& schedule = job_.schedules[curve].schedule;
      if (t < quantity_.first) continue;
      const double value = quantity_.value(schedule, t);
      const Point at = panel_.at(schedule, t, value);
      const double radius = (detail_ == Detail::bare ? 0.5 : 0.85) * m_.ring;
      if (is_inside(at, box)) group_.dots.push_back({at, radius, {Ink::curve, curve}});
      const double y = std::clamp(at.y, box.top, box.bottom);
      values.push_back({y, curve, typeset(fmt::format("{:.4g}", value))});
    }
    if (!lettered_) return;
    add_values(std::move(values), x);
  }

 private:
  void add_values(std::vector<Value> values, double x) {
    double widest = 0;
    for (const Value& value : values) widest = std::max(widest, width_of(value.text, m_.text));
    const double distance = 1.8 * m_.ring;
    const Span right{x, x + distance + widest};
    const Span left{x - distance - widest, x};
    const bool to_right = right.right <= panel_.box.right && is_free(values_, right);
    if (!to_right && !(left.left >= panel_.box.left && is_free(values_, left))) return;
    std::stable_sort(values.begin(), values.end(),
                     [](const Value& a, const Value& b) { return a.y < b.y; });
    if (!spread(values, panel_.box, 1.15 * m_.text)) return;
    values_.push_back(to_right ? right : left);
    for (const Value& value : values) {
      group_.texts.push_back({{to_right ? x + distance : x - distance, value.y + 0.36 * m_.text},
                              to_right ? Anchor::start : Anchor::end,
                              value.text,
                              m_.text,
                              {Ink::curve, value.curve},
                              true});
    }
  }

  Group& group_;
  const CurvesJob& job_;
  const Quantity& quantity_;
  const Panel& panel_;
  const Measures& m_;
  Detail detail_;
  bool lettered_;
  std::vector<Span> values_;
};

}  // namespace

std::vector<Place> places_of(const CurvesJob& job, const Panel& panel) {
  std::vector<Place> places;
  for (const int t : job.marks) {
    const auto first = places.size();
    for (std::size_t i = 0; i < job.schedules.size(); ++i) {
      const double x = panel.at(job.schedules[i].schedule, t, 0).x;
      const auto there = std::find_if(places.begin() + static_cast<std::ptrdiff_t>(first),
                                      places.end(), [x](const Place& p) { return p.x == x; });
      if (there == places.end()) {
        places.push_back({t, x, {i}});
      } else {
        there->curves.push_back(i);
      }
    }
  }
  return places;
}

bool is_free(const std::vector<Span>& taken, Span wanted) {
  return std::none_of(taken.begin(), taken.end(), [&](Span other) {
    return wanted.left < other.right && other.left < wanted.right;
  });
}

void add_marks(Group& group, const CurvesJob& job, const Quantity& quantity, const Panel& panel,
               const Arrangement& arrangement, const std::vector<Polyline>& lines) {
  Marks marks(group, job, quantity, panel, arrangement);
  const bool of_snr = quantity.range == Quantity::Range::both;
  if (of_snr) marks.add_balance_line();
  for (std::size_t i = 0; i < lines.size(); ++i) marks.add_ring(lines[i], i);
  for (const Place& place : places_of(job, panel)) marks.add_mark(place);
  if (of_snr) marks.add_balance_words();
}

}  // namespace qsample::plot
