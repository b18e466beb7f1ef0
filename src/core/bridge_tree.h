// The binary tree over the timesteps 0..T that a Markov path hangs on: see NoisePath.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "qsample/path.h"

namespace qsample {

/// The stream of a timestep.
inline std::uint32_t stream_of(const NoiseSchedule& schedule, int t) {
  return schedule.is_point(t) ? schedule.point(t).stream : static_cast<std::uint32_t>(t);
}

/// Throws InvalidArgument unless `ts` are timesteps of the schedule that ascend along its path.
void check_ascends(const NoiseSchedule& schedule, std::span<const int> ts);

/// Walks the tree for one run of samples. The state of an interval's two ends is all that its
/// inside depends on; at t = 0 it is 0. A Law draws the states:
///
///     void draw_end(int t, State& out)
///     void draw_between(int a, const State& at_a, int m, int c, const State& at_c, State& out)
///     void emit(int t, const State& state)
template <class Law>
class BridgeTree {
 public:
  using State = std::vector<float>;

  BridgeTree(const NoiseSchedule& schedule, std::size_t count, Law& law)
      : schedule_(schedule), zero_(count), law_(law) {}

  /// `ts` ascend along the path.
  void visit(std::span<const int> ts) {
    const int last = schedule_.steps();
    auto inner = ts;
    if (!inner.empty() && inner.front() == 0) {
      law_.emit(0, zero_);
      inner = inner.subspan(1);
    }
    if (inner.empty()) return;
    State end(zero_.size());
    law_.draw_end(last, end);
    const bool with_end = inner.back() == last;
    if (with_end) inner = inner.first(inner.size() - 1);
    visit_between(0, zero_, last, end, inner, 0);
    if (with_end) law_.emit(last, end);
  }

 private:
  // Visits `ts`, all strictly between a and c, given the chain at both, `depth` levels down.
  void visit_between(int a, const State& at_a, int c, const State& at_c, std::span<const int> ts,
                     std::size_t depth) {
    if (ts.empty()) return;
    if (depth == middles_.size()) middles_.emplace_back(zero_.size());
    State& at_m = middles_[depth];
    if (c - a == 1) {
      for (const int point : ts) {
        law_.draw_between(a, at_a, point, c, at_c, at_m);
        law_.emit(point, at_m);
      }
      return;
    }
    const int m = markov_node(a, c);
    law_.draw_between(a, at_a, m, c, at_c, at_m);
    const auto at = std::lower_bound(ts.begin(), ts.end(), m,
                                     [&](int s, int t) { return schedule_.comes_before(s, t); });
    const bool here = at != ts.end() && *at == m;
    const auto left = static_cast<std::size_t>(at - ts.begin());
    visit_between(a, at_a, m, at_m, ts.first(left), depth + 1);
    if (here) law_.emit(m, at_m);
    visit_between(m, at_m, c, at_c, ts.subspan(left + (here ? 1 : 0)), depth + 1);
  }

  const NoiseSchedule& schedule_;
  State zero_;                 // at t = 0
  std::deque<State> middles_;  // at one timestep a level, for the next to use again
  Law& law_;
};

}  // namespace qsample
