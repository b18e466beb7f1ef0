#include "qsample/path.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <deque>
#include <vector>

#include "core/forward_kernels.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Noise is drawn in pieces that stay in the first-level cache until they are mixed in.
constexpr std::size_t kPiece = 1024;
// Samples after which the caller is asked whether to go on: some milliseconds.
constexpr std::size_t kPolled = 1024 * kPiece;

// The stream of a timestep.
std::uint32_t stream_of(const NoiseSchedule& schedule, int t) {
  return schedule.is_point(t) ? schedule.point(t).stream : static_cast<std::uint32_t>(t);
}

// The noise part of the Markov chain, n_t = x_t - alpha_t x_0 of standard deviation sigma_t, for
// one run of samples. It stands for alpha_t W(tau_t), whose factors overflow and underflow where it
// does not. The state of an interval's two ends is all that its inside depends on.
class BrownianTree {
 public:
  BrownianTree(const NoisePath& path, std::uint64_t first, std::size_t count,
               const NoisePath::Visitor& visitor, const NoisePath::Poll& poll)
      : path_(path),
        schedule_(path.schedule()),
        first_(first),
        zero_(count),
        visitor_(visitor),
        poll_(poll) {}

  void visit(std::span<const int> ts) {
    const int last = schedule_.steps();
    auto inner = ts;
    if (!inner.empty() && inner.front() == 0) {
      emit(0, zero_);
      inner = inner.subspan(1);
    }
    if (inner.empty()) return;
    std::vector<float> end(zero_.size());
    add_gaussian(last, zero_, 0, zero_, 0, schedule_.sigma(last), end);
    const bool with_end = inner.back() == last;
    if (with_end) inner = inner.first(inner.size() - 1);
    visit_between(0, zero_, last, end, inner, 0);
    if (with_end) emit(last, end);
  }

 private:
  // Visits `ts`, all strictly between a and c, given the chain at both, `depth` levels down.
  void visit_between(int a, const std::vector<float>& at_a, int c, const std::vector<float>& at_c,
                     std::span<const int> ts, std::size_t depth) {
    if (ts.empty()) return;
    if (depth == middles_.size()) middles_.emplace_back(zero_.size());
    std::vector<float>& at_m = middles_[depth];
    const auto bridge_to = [&](int m) {
      const Bridge bridge = schedule_.bridge(a, m, c);
      add_gaussian(m, at_a, bridge.from_a, at_c, bridge.from_c, bridge.eps, at_m);
    };
    if (c - a == 1) {
      for (const int point : ts) {
        bridge_to(point);
        emit(point, at_m);
      }
      return;
    }
    const int m = markov_node(a, c);
    bridge_to(m);
    const auto at = std::lower_bound(ts.begin(), ts.end(), m,
                                     [&](int s, int t) { return schedule_.comes_before(s, t); });
    const bool here = at != ts.end() && *at == m;
    const auto left = static_cast<std::size_t>(at - ts.begin());
    visit_between(a, at_a, m, at_m, ts.first(left), depth + 1);
    if (here) emit(m, at_m);
    visit_between(m, at_m, c, at_c, ts.subspan(left + (here ? 1 : 0)), depth + 1);
  }

  // out = fa * a + fc * c + fz * z, z the Gaussian of this node.
  void add_gaussian(int node, const std::vector<float>& a, double fa, const std::vector<float>& c,
                    double fc, double fz, std::vector<float>& out) const {
    std::array<float, kPiece> z;
    for (std::size_t i = 0; i < out.size(); i += kPiece) {
      const std::size_t n = std::min(kPiece, out.size() - i);
      if (i % kPolled == 0 && poll_) poll_();
      path_.noise().fill(stream_of(schedule_, node), first_ + i, {z.data(), n});
      mix3_kernel(&a[i], static_cast<float>(fa), &c[i], static_cast<float>(fc), z.data(),
                  static_cast<float>(fz), &out[i], n);
    }
  }

  void emit(int t, const std::vector<float>& noise) const {
    visitor_(t, {schedule_.alpha(t), 1}, noise);
  }

  const NoisePath& path_;
  const NoiseSchedule& schedule_;
  std::uint64_t first_;
  std::vector<float> zero_;                 // the chain's noise at t = 0
  std::deque<std::vector<float>> middles_;  // at one timestep a level, for the next to use again
  const NoisePath::Visitor& visitor_;
  const NoisePath::Poll& poll_;
};

// The stream that is the whole eps of x_t.
std::uint32_t stream_of(PathKind kind, const NoiseSchedule& schedule, int t) {
  return kind == PathKind::independent ? stream_of(schedule, t) : 0;
}

}  // namespace

std::string_view path_name(PathKind kind) {
  switch (kind) {
    case PathKind::shared: return "shared";
    case PathKind::markov: return "markov";
    case PathKind::independent: return "independent";
  }
  return {};
}

std::optional<NoiseKey> NoisePath::key(int t) const {
  if (kind_ == PathKind::markov) return std::nullopt;
  return noise_.philox_key(stream_of(kind_, schedule_, t));
}

void NoisePath::visit(std::span<const int> ts, std::uint64_t first, std::size_t count,
                      const Visitor& visitor, const Poll& poll) const {
  const int last = schedule_.steps() + static_cast<int>(schedule_.points());
  if (std::any_of(ts.begin(), ts.end(), [&](int t) { return t < 0 || t > last; })) {
    throw InvalidArgument("timestep of a path is outside its schedule");
  }
  const auto falls = [&](int s, int t) { return !schedule_.comes_before(s, t); };
  if (std::adjacent_find(ts.begin(), ts.end(), falls) != ts.end()) {
    throw InvalidArgument("timesteps of a path must ascend");
  }
  if (kind_ == PathKind::markov) {
    BrownianTree(*this, first, count, visitor, poll).visit(ts);
    return;
  }
  std::vector<float> eps(count);
  for (std::size_t i = 0; i < ts.size(); ++i) {
    const int t = ts[i];
    if (i == 0 || kind_ == PathKind::independent)
      noise_.fill(stream_of(kind_, schedule_, t), first, eps);
    visitor(t, schedule_.mix(t), eps);
  }
}

}  // namespace qsample
