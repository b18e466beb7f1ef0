#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/fail.h"
#include "core/processes/discrete_tables.h"

namespace qsample {
namespace {

constexpr int kLast = kStates - 1;
// Below this a probability is lost in the rounding of the others.
constexpr double kNothing = 1e-24;

void check_preserves(const NoiseSchedule& schedule) {
  constexpr double kTolerance = 1e-6;  // of tables in float32
  for (int t = 1; t <= schedule.steps(); ++t) {
    const double sigma = schedule.sigma(t);
    if (std::abs(schedule.alpha_bar(t) + sigma * sigma - 1) < kTolerance) continue;
    fail(
        "d3pm takes the betas of a `schedule` that preserves the variance, as linear and cosine "
        "do");
  }
}

// row times Q_t.
StateLaw stepped(const StateLaw& row, const GaussianSteps& steps) {
  StateLaw out;
  for (int j = 0; j < kStates; ++j) {
    out[static_cast<std::size_t>(j)] = row[static_cast<std::size_t>(j)] * steps.stays(j);
  }
  for (int k = 0; k < kStates; ++k) {
    const double here = row[static_cast<std::size_t>(k)];
    const int first = std::max(0, k - steps.reach());
    const int last = std::min(kLast, k + steps.reach());
    const double* law = steps.law().data() + (first - k + kLast);
    double* to = &out[static_cast<std::size_t>(first)];
    for (int j = 0; j <= last - first; ++j) to[j] += here * law[j];
    out[static_cast<std::size_t>(k)] -= here * steps.of(0);  // what stays is there already
  }
  return out;
}

StateLaw mirrored(const StateLaw& law) {
  StateLaw out;
  std::reverse_copy(law.begin(), law.end(), out.begin());
  return out;
}

}  // namespace

GaussianSteps::GaussianSteps(double beta) : law_(2 * kStates - 1) {
  const auto index = [](int at) { return static_cast<std::size_t>(at); };
  double sum = 1;
  for (int d = 1; d < kStates; ++d) {
    const double share = 2.0 * d / kLast;
    const double weight = std::exp(-share * share / beta);
    law_[index(kLast + d)] = weight;
    sum += 2 * weight;
  }
  law_[kLast] = 1 / sum;
  for (int d = 1; d < kStates; ++d) {
    double& here = law_[index(kLast + d)];
    here = here / sum < kNothing ? 0 : here / sum;
    law_[index(kLast - d)] = here;
    if (here > 0) reach_ = d;
  }
  for (int value = 0; value < kStates; ++value) {
    double leaves = 0;
    for (int j = std::max(0, value - reach_); j <= std::min(kLast, value + reach_); ++j) {
      if (j != value) leaves += of(j - value);
    }
    stays_[static_cast<std::size_t>(value)] = 1 - leaves;
  }
}

HalfMatrix DiscreteChain::Products::at(int t, std::span<const double> betas) {
  constexpr std::size_t kKept = 64;
  const std::size_t stride = std::max<std::size_t>(1, (betas.size() + kKept - 1) / kKept);
  if (kept.empty()) {
    HalfMatrix one(kStates / 2, StateLaw{});
    for (std::size_t i = 0; i < one.size(); ++i) one[i][i] = 1;
    kept.push_back(std::move(one));
  }
  // The steps first + 1 .. last.
  const auto advanced = [&](HalfMatrix rows, std::size_t first, std::size_t last) {
    std::vector<GaussianSteps> steps;
    for (std::size_t s = first; s < last; ++s) steps.emplace_back(betas[s]);
    for (StateLaw& row : rows) {
      for (const GaussianSteps& step : steps) row = stepped(row, step);
    }
    return rows;
  };
  const auto wanted = static_cast<std::size_t>(t);
  while (kept.size() <= wanted / stride) {
    const std::size_t first = (kept.size() - 1) * stride;
    kept.push_back(advanced(kept.back(), first, first + stride));
  }
  return advanced(kept[wanted / stride], wanted / stride * stride, wanted);
}

DiscreteChain::DiscreteChain(const NoiseSchedule& schedule, Transition kind) : kind_(kind) {
  check_preserves(schedule);
  kept_.push_back(1);
  for (int t = 1; t <= schedule.steps(); ++t) {
    beta_.push_back(schedule.beta(t));
    kept_.push_back(schedule.alpha_bar(t));
  }
  if (kind == Transition::gaussian) products_ = std::make_unique<Products>();
}

DiscreteChain::~DiscreteChain() = default;

StateLaw DiscreteChain::step(int t, int from) const {
  const double beta = beta_.at(static_cast<std::size_t>(t) - 1);
  const auto at = static_cast<std::size_t>(from);
  StateLaw law{};
  switch (kind_) {
    case Transition::uniform:
      law.fill(beta / kStates);
      law.at(at) += 1 - beta;
      break;
    case Transition::absorbing:
      law[kMask] = beta;
      law.at(at) += 1 - beta;
      break;
    case Transition::gaussian: {
      law.at(at) = 1;
      return stepped(law, GaussianSteps(beta));
    }
  }
  return law;
}

StateLaw DiscreteChain::closed_form(int t, std::size_t from) const {
  const double kept = kept_.at(static_cast<std::size_t>(t));
  StateLaw law{};
  if (kind_ == Transition::uniform) {
    law.fill((1 - kept) / kStates);
  } else {
    law[kMask] = 1 - kept;
  }
  law.at(from) += kept;
  return law;
}

StateLaw DiscreteChain::direct(int t, int from) const {
  const auto at = static_cast<std::size_t>(from);
  if (!products_) return closed_form(t, at);
  const std::scoped_lock lock(mutex_);
  const HalfMatrix rows = products_->at(t, beta_);
  return at < rows.size() ? rows[at] : mirrored(rows.at(kLast - at));
}

std::shared_ptr<const DiscreteChain::Table> DiscreteChain::table(int t) const {
  // Threads that want the same wait for the first of them.
  const std::scoped_lock lock(mutex_);
  if (last_ && last_->t == t) return last_;
  auto made = std::make_shared<Table>();
  made->t = t;
  const HalfMatrix rows = products_ ? products_->at(t, beta_) : HalfMatrix();
  for (std::size_t from = 0; from < kStates; ++from) {
    const StateLaw law = !products_           ? closed_form(t, from)
                         : from < rows.size() ? rows[from]
                                              : mirrored(rows[kLast - from]);
    made->bounds.push_back(bounds_of(law));
  }
  last_ = made;
  return made;
}

}  // namespace qsample
