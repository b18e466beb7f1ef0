#include "pipeline/plot/polyline.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace qsample::plot {
namespace {

double distance(Point a, Point b) { return std::hypot(b.x - a.x, b.y - a.y); }

Point between(Point a, Point b, double share) {
  return {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
}

// Of a point from the stretch a..b.
double distance_to(Point p, Point a, Point b) {
  const double length = distance(a, b);
  if (length == 0) return distance(a, p);
  const double along = ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / (length * length);
  return distance(p, between(a, b, std::clamp(along, 0.0, 1.0)));
}

// Of many points within one width the first, the least, the greatest and the last, in their order:
// there may be a million, of which the search for the furthest would take long.
Polyline thinned(const Polyline& line, double width) {
  Polyline out;
  const auto below = [](Point a, Point b) { return a.y < b.y; };
  for (auto first = line.begin(); first != line.end();) {
    const double end = first->x + width;
    const auto last =
        std::find_if(first, line.end(), [end](Point p) { return p.x >= end; });  // one past
    auto [least, most] = std::minmax_element(first, last, below);
    if (most < least) std::swap(least, most);
    out.push_back(*first);
    if (least != first) out.push_back(*least);
    if (most != least && most != first) out.push_back(*most);
    if (most != last - 1 && last - 1 != first) out.push_back(*(last - 1));
    first = last;
  }
  return out;
}

// Where the stretch a..b, of finite ends, is between the heights: from where to where, as shares.
std::pair<double, double> visible(Point a, Point b, double top, double bottom) {
  const double rise = b.y - a.y;
  if (rise == 0) return a.y < top || a.y > bottom ? std::pair(1.0, 0.0) : std::pair(0.0, 1.0);
  const auto [from, to] = std::minmax({(top - a.y) / rise, (bottom - a.y) / rise});
  return {std::max(from, 0.0), std::min(to, 1.0)};
}

}  // namespace

std::vector<Polyline> clipped(const Polyline& line, double top, double bottom) {
  std::vector<Polyline> pieces;
  bool open = false;  // the last piece goes on
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Point here = line[i];
    const bool alone = (i == 0 || !std::isfinite(line[i - 1].y)) &&
                       (i + 1 == line.size() || !std::isfinite(line[i + 1].y));
    if (alone && here.y >= top && here.y <= bottom) pieces.push_back({here});
    if (i + 1 == line.size() || !std::isfinite(here.y) || !std::isfinite(line[i + 1].y)) {
      open = false;
      continue;
    }
    const auto [from, to] = visible(here, line[i + 1], top, bottom);
    if (from > to) {
      open = false;
      continue;
    }
    if (!open) pieces.push_back({between(here, line[i + 1], from)});
    pieces.back().push_back(between(here, line[i + 1], to));
    open = to == 1;
  }
  return pieces;
}

Polyline simplified(const Polyline& line, double tolerance) {
  if (line.size() < 3) return line;
  const Polyline points = thinned(line, tolerance);
  std::vector<bool> kept(points.size(), false);
  kept.front() = kept.back() = true;
  std::vector<std::pair<std::size_t, std::size_t>> stretches = {{0, points.size() - 1}};
  while (!stretches.empty()) {
    const auto [first, last] = stretches.back();
    stretches.pop_back();
    double most = tolerance;
    std::size_t furthest = first;
    for (std::size_t i = first + 1; i < last; ++i) {
      const double here = distance_to(points[i], points[first], points[last]);
      if (here <= most) continue;
      most = here;
      furthest = i;
    }
    if (furthest == first) continue;
    kept[furthest] = true;
    stretches.emplace_back(first, furthest);
    stretches.emplace_back(furthest, last);
  }
  Polyline out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (kept[i]) out.push_back(points[i]);
  }
  return out;
}

std::vector<Polyline> dashed(const Polyline& line, const std::vector<double>& pattern) {
  if (pattern.empty() || line.empty()) return {line};
  std::vector<Polyline> dashes = {{line.front()}};
  std::size_t part = 0;
  double left = pattern[0];  // of the part
  for (std::size_t i = 1; i < line.size(); ++i) {
    Point here = line[i - 1];
    while (distance(here, line[i]) > left) {
      here = between(here, line[i], left / distance(here, line[i]));
      if (part % 2 == 0) dashes.back().push_back(here);
      if (part % 2 == 1) dashes.push_back({here});
      part = (part + 1) % pattern.size();
      left = pattern[part];
    }
    left -= distance(here, line[i]);
    if (part % 2 == 0) dashes.back().push_back(line[i]);
  }
  return dashes;
}

}  // namespace qsample::plot
