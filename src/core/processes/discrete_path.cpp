#include <algorithm>
#include <array>
#include <cstddef>

#include "base/fail.h"
#include "core/processes/discrete_tables.h"
#include "core/processes/uniform_words.h"

namespace qsample {
namespace {

constexpr int kLast = kStates - 1;
// Samples after which the caller is asked whether to go on: some milliseconds.
constexpr std::size_t kPolled = std::size_t{1} << 18;

// The distance that a word stands for in a step of the Gaussian chain.
class GaussianJump {
 public:
  explicit GaussianJump(double beta) : bounds_(bounds_of(GaussianSteps(beta).law())) {
    std::size_t at = 0;
    for (std::size_t share = 0; share < guide_.size(); ++share) {
      while (bounds_[at] <= share << kShift) ++at;
      guide_[share] = static_cast<std::uint16_t>(at);
    }
  }

  [[nodiscard]] int of(std::uint32_t word) const {
    std::size_t at = guide_[word >> kShift];
    while (bounds_[at] <= word) ++at;
    return static_cast<int>(at) - kLast;
  }

 private:
  static constexpr unsigned kShift = 22;

  std::vector<std::uint64_t> bounds_;
  // Where the words begin that have these first bits.
  std::array<std::uint16_t, std::size_t{1} << (32 - kShift)> guide_;
};

}  // namespace

// Where the uniform chain jumps. The rows are cut into stretches, so that in each the chance of no
// jump stays a number; the jumps of a stretch know nothing of those of another.
struct DiscretePath::Jumps {
  struct Stretch {
    int before;  // its first row is the next
    bool fresh;  // it begins with a jump in the row `before`, which is certain
  };

  explicit Jumps(std::span<const double> betas) : stretches{{0, false}} {
    constexpr double kLeast = 0x1p-40;
    of_row.push_back(0);
    still.push_back(1);
    double product = 1;
    for (std::size_t t = 1; t <= betas.size(); ++t) {
      const double beta = betas[t - 1];
      if (beta >= 1) {
        stretches.push_back({static_cast<int>(t), true});
        product = 1;
      } else {
        if (product < kLeast) {
          stretches.push_back({static_cast<int>(t) - 1, false});
          product = 1;
        }
        product *= 1 - beta;
      }
      of_row.push_back(stretches.size() - 1);
      still.push_back(product);
    }
  }

  // The value of a sample at t.
  [[nodiscard]] std::uint8_t at(int t, UniformKey key, std::uint64_t n, std::uint8_t x0) const {
    std::size_t stretch = of_row[static_cast<std::size_t>(t)];
    double none = still[static_cast<std::size_t>(t)];
    for (;;) {
      key.stream = static_cast<std::uint32_t>(stretches[stretch].before);
      const int found = last_jump(key, n, none, stretches[stretch].fresh);
      if (found >= 0) return static_cast<std::uint8_t>(found);
      if (stretch == 0) return x0;
      --stretch;
      none = still[static_cast<std::size_t>(stretches[stretch + 1].before)];
    }
  }

  // Where the last jump leads that comes before the chance of none has fallen to `none`; -1: there
  // is none. The jumps are those of a Poisson process, whose gaps' exponentials are uniforms.
  static int last_jump(const UniformKey& key, std::uint64_t n, double none, bool fresh) {
    constexpr std::uint64_t kJump = std::uint64_t{1} << 48;
    const auto value = [](const philox::Counter& words) {
      return static_cast<int>(words[1] >> 24);
    };
    int found = fresh ? value(key.block(n)) : -1;
    double product = 1;
    for (std::uint64_t jump = 1;; ++jump) {
      const philox::Counter words = key.block(jump * kJump + n);
      product *= (static_cast<double>(words[0]) + 0.5) * 0x1p-32;
      if (product < none) return found;
      found = value(words);
    }
  }

  std::vector<Stretch> stretches;
  std::vector<std::size_t> of_row;  // the stretch that a row is in
  std::vector<double> still;        // the chance of no jump since it began
};

void DiscretePath::visit(std::span<const int> ts, std::uint64_t first,
                         std::span<const std::uint8_t> x0, const Visitor& visitor,
                         const NoisePath::Poll& poll) const {
  const int last = chain_.steps();
  if (std::any_of(ts.begin(), ts.end(), [&](int t) { return t < 0 || t > last; }) ||
      std::adjacent_find(ts.begin(), ts.end(), std::greater_equal<>()) != ts.end()) {
    fail("timesteps of a discrete path ascend within 0..", last);
  }
  std::vector<std::uint8_t> xt(x0.begin(), x0.end());
  const auto for_each = [&](std::uint32_t stream, const auto& take) {
    for (std::size_t i = 0; i < x0.size(); i += kPolled) {
      if (poll) poll();
      for_each_word({seed_, draw_, stream}, first + i, std::min(kPolled, x0.size() - i),
                    [&](std::size_t k, std::uint32_t word) { take(i + k, word); });
    }
  };
  const bool walks = kind_ == PathKind::markov && chain_.kind() == Transition::gaussian;
  const bool jumps = kind_ == PathKind::markov && chain_.kind() == Transition::uniform;
  const Jumps of_rows(jumps ? std::span<const double>(chain_.beta_) : std::span<const double>());
  int at = 0;
  for (const int t : ts) {
    if (walks) {
      while (at < t) {
        const GaussianJump jump(chain_.beta_[static_cast<std::size_t>(at++)]);
        for_each(static_cast<std::uint32_t>(at), [&](std::size_t i, std::uint32_t word) {
          const int value = xt[i] + jump.of(word);
          if (value >= 0 && value < kStates) xt[i] = static_cast<std::uint8_t>(value);
        });
      }
    } else if (jumps) {
      for (std::size_t i = 0; i < x0.size(); ++i) {
        if (i % (kPolled / 16) == 0 && poll) poll();
        xt[i] = of_rows.at(t, {seed_, draw_, 0}, first + i, x0[i]);
      }
    } else if (t > 0) {
      const auto table = chain_.table(t);
      const int stream = kind_ == PathKind::independent ? t : 0;
      for_each(static_cast<std::uint32_t>(stream),
               [&](std::size_t i, std::uint32_t word) { xt[i] = table->at(x0[i], word); });
    }
    visitor(t, xt);
  }
}

}  // namespace qsample
