#include "qsample/path.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/bridge_tree.h"
#include "core/forward_kernels.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// Noise is drawn in pieces that stay in the first-level cache until they are mixed in.
constexpr std::size_t kPiece = 1024;
// Samples after which the caller is asked whether to go on: some milliseconds.
constexpr std::size_t kPolled = 1024 * kPiece;

// The noise part of the Markov chain, n_t = x_t - alpha_t x_0 of standard deviation sigma_t, for
// one run of samples. It stands for alpha_t W(tau_t), whose factors overflow and underflow where it
// does not.
class BrownianNoise {
 public:
  using State = std::vector<float>;

  BrownianNoise(const NoisePath& path, std::uint64_t first, const NoisePath::Visitor& visitor,
                const NoisePath::Poll& poll)
      : path_(path), first_(first), visitor_(visitor), poll_(poll) {}

  void draw_end(int t, State& out) const {
    add_gaussian(t, out, 0, out, 0, path_.schedule().sigma(t), out);
  }

  void draw_between(int a, const State& at_a, int m, int c, const State& at_c, State& out) const {
    const Bridge bridge = path_.schedule().bridge(a, m, c);
    add_gaussian(m, at_a, bridge.from_a, at_c, bridge.from_c, bridge.eps, out);
  }

  void emit(int t, const State& noise) const { visitor_(t, {path_.schedule().alpha(t), 1}, noise); }

 private:
  // out = fa * a + fc * c + fz * z, z the Gaussian of this node.
  void add_gaussian(int node, const State& a, double fa, const State& c, double fc, double fz,
                    State& out) const {
    std::array<float, kPiece> z;
    for (std::size_t i = 0; i < out.size(); i += kPiece) {
      const std::size_t n = std::min(kPiece, out.size() - i);
      if (i % kPolled == 0 && poll_) poll_();
      path_.noise().fill(stream_of(path_.schedule(), node), first_ + i, {z.data(), n});
      mix3_kernel(&a[i], static_cast<float>(fa), &c[i], static_cast<float>(fc), z.data(),
                  static_cast<float>(fz), &out[i], n);
    }
  }

  const NoisePath& path_;
  std::uint64_t first_;
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

void check_ascends(const NoiseSchedule& schedule, std::span<const int> ts) {
  const int last = schedule.steps() + static_cast<int>(schedule.points());
  if (std::any_of(ts.begin(), ts.end(), [&](int t) { return t < 0 || t > last; })) {
    throw InvalidArgument("timestep of a path is outside its schedule");
  }
  const auto falls = [&](int s, int t) { return !schedule.comes_before(s, t); };
  if (std::adjacent_find(ts.begin(), ts.end(), falls) != ts.end()) {
    throw InvalidArgument("timesteps of a path must ascend");
  }
}

void NoisePath::visit(std::span<const int> ts, std::uint64_t first, std::size_t count,
                      const Visitor& visitor, const Poll& poll) const {
  check_ascends(schedule_, ts);
  if (kind_ == PathKind::markov) {
    BrownianNoise noise(*this, first, visitor, poll);
    BridgeTree(schedule_, count, noise).visit(ts);
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
