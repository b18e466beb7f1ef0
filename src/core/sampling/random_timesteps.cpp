#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "base/fail.h"
#include "qsample/noise.h"
#include "qsample/sampling/timestep_law.h"

namespace qsample {
namespace {

std::vector<double> checked(const TimestepLaw& law, std::vector<double> values) {
  if (values.empty()) {
    for (const auto& parameter : law.parameters) values.push_back(parameter.default_value);
  }
  if (values.size() != law.parameters.size()) {
    fail("the law ", law.name, " has ", law.parameters.size(), " parameters, not ", values.size());
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& parameter = law.parameters[i];
    if (!std::isfinite(values[i]) || (parameter.positive && values[i] <= 0)) {
      fail("the ", parameter.name, " of the law ", law.name, " must be ",
           parameter.positive ? "positive" : "finite", ", and is ", values[i]);
    }
  }
  return values;
}

}  // namespace

RandomTimesteps::RandomTimesteps(const NoiseSchedule& schedule, const TimestepLaw& law,
                                 std::vector<double> values, int first, int last)
    : schedule_(schedule),
      law_(&law),
      values_(checked(law, std::move(values))),
      first_(first),
      last_(last < 0 ? schedule.steps() : last) {
  if (first_ < 0 || last_ > schedule.steps() || first_ > last_) {
    fail("timesteps ", first_, " to ", last_, " are none of 0 to ", schedule.steps());
  }
}

int RandomTimesteps::of_share(double share) const {
  const int n = last_ - first_ + 1;
  // A mode may lead beyond 0 or 1, and a share be rounded to 1.
  const int step = static_cast<int>(std::clamp(std::floor(n * share), 0.0, n - 1.0));
  return law_->variable == TimestepLaw::Variable::position ? last_ - step : first_ + step;
}

int RandomTimesteps::at(double p) const {
  const double value = law_->quantile(p, values_);
  if (law_->variable != TimestepLaw::Variable::sigma) return of_share(value);
  const double wanted = -2 * std::log(value);
  int nearest = first_;
  double least = std::numeric_limits<double>::infinity();
  for (int t = first_; t <= last_; ++t) {
    const double distance = std::abs(schedule_.log_snr(t) - wanted);
    if (distance < least) {
      least = distance;
      nearest = t;
    }
  }
  return nearest;
}

int RandomTimesteps::draw(std::uint64_t seed, std::uint32_t draw) const {
  if (law_ == &timestep_laws().front()) {
    const auto n = static_cast<std::uint32_t>(last_ - first_ + 1);
    return first_ - 1 + static_cast<int>(uniform_from_seed(seed, n, draw));
  }
  return at(unit_of_bits(uniform_bits(seed, draw)));
}

std::vector<double> stratified(std::span<const std::uint64_t> seeds, std::uint32_t draws) {
  // A part is a rank among bits of their own; where two are the same, the seed and the draw decide.
  constexpr std::uint32_t kOrder = 3;
  struct Member {
    std::uint64_t bits, seed;
    std::uint32_t draw;
    std::size_t index;
  };
  std::vector<Member> members;
  members.reserve(seeds.size() * draws);
  for (const std::uint64_t seed : seeds) {
    for (std::uint32_t draw = 0; draw < draws; ++draw) {
      members.push_back({uniform_bits(seed, draw, kOrder), seed, draw, members.size()});
    }
  }
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    return std::tie(a.bits, a.seed, a.draw, a.index) < std::tie(b.bits, b.seed, b.draw, b.index);
  });
  std::vector<double> probabilities(members.size());
  const auto parts = static_cast<double>(members.size());
  for (std::size_t rank = 0; rank < members.size(); ++rank) {
    const Member& member = members[rank];
    const double within = unit_of_bits(uniform_bits(member.seed, member.draw));
    // Below 1 also where a sum is rounded.
    probabilities[member.index] =
        std::min((static_cast<double>(rank) + within) / parts, 1 - 0x1p-53);
  }
  return probabilities;
}

}  // namespace qsample
