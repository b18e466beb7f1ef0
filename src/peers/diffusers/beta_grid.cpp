// The steps of set_timesteps of schedulers whose schedule is made of betas.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "peers/diffusers/config_reading.h"
#include "peers/diffusers/sigma_ramps.h"

namespace qsample {
namespace {

using Kind = SchedulerClass::Kind;
using Steps = SchedulerClass::Steps;

constexpr std::string_view kSpacings[] = {"linspace", "leading", "trailing"};

// Of the timesteps k = 0..T - 1 of training.
class Trained {
 public:
  explicit Trained(const NoiseSchedule& schedule) {
    for (int t = 1; t <= schedule.steps(); ++t) {
      rows_.push_back({schedule.alpha_bar(t), std::pow(schedule.sigma(t), 2)});
      sigmas_.push_back(schedule.sigma(t) / schedule.alpha(t));
    }
  }

  [[nodiscard]] int count() const { return static_cast<int>(rows_.size()); }
  [[nodiscard]] double least() const { return sigmas_.front(); }
  [[nodiscard]] double greatest() const { return sigmas_.back(); }
  [[nodiscard]] const Variances& row(double k) const { return rows_[static_cast<std::size_t>(k)]; }

  // sigma / alpha between them; beyond the ends that of the end.
  [[nodiscard]] double sigma(double k) const {
    const double inside = std::clamp(k, 0.0, static_cast<double>(count() - 1));
    const auto below = static_cast<std::size_t>(inside);
    if (below + 1 == sigmas_.size()) return sigmas_.back();
    return sigmas_[below] +
           (inside - static_cast<double>(below)) * (sigmas_[below + 1] - sigmas_[below]);
  }

  // Where sigma / alpha is this, between them evenly in its logarithm.
  [[nodiscard]] double place(double sigma) const {
    if (count() == 1) return 0;
    const auto above = std::upper_bound(sigmas_.begin(), sigmas_.end(), sigma);
    const auto at = std::clamp<std::ptrdiff_t>(above - sigmas_.begin() - 1, 0, count() - 2);
    const auto below = static_cast<std::size_t>(at);
    const double low = std::log(sigmas_[below]);
    const double share = (std::log(sigma) - low) / (std::log(sigmas_[below + 1]) - low);
    return static_cast<double>(at) + std::clamp(share, 0.0, 1.0);
  }

  // How many have a log SNR, halved, below this.
  [[nodiscard]] int count_below(double half_log_snr) const {
    return static_cast<int>(std::count_if(sigmas_.begin(), sigmas_.end(), [=](double sigma) {
      return -std::log(sigma) < half_log_snr;
    }));
  }

 private:
  std::vector<Variances> rows_;
  std::vector<double> sigmas_;
};

// k from the greatest to the least.
class Timesteps {
 public:
  Timesteps(const ConfigReading& reading, int trained, int n)
      : reading_(reading), trained_(trained), n_(n) {
    auto& fields = reading.fields;
    if (reading.known.spacing.empty()) return;
    spacing_ = fields.choice("timestep_spacing", reading.known.spacing, kSpacings);
    if (spacing_ == "leading") offset_ = fields.integer("steps_offset", 0);
  }

  [[nodiscard]] std::vector<double> places() const {
    return spacing_ == "linspace" ? falling(linspace(0, trained_ - 1, n_)) : whole(trained_, n_);
  }

  [[nodiscard]] std::vector<double> rows() const {
    check_count();
    return spacing_ == "linspace" ? rounded(places()) : places();
  }

  // n + 1 without the last, of the first `last` of training.
  [[nodiscard]] std::vector<double> solver(int last) const {
    if (spacing_ == "trailing") return whole(last, n_);
    auto ks = spacing_ == "linspace" ? rounded(falling(linspace(0, last - 1, n_ + 1)))
                                     : leading(last, n_ + 1);
    const bool drops_greatest = reading_.known.steps == Steps::inverse_solver;
    ks.erase(drops_greatest ? ks.begin() : ks.end() - 1);
    return ks;
  }

  [[nodiscard]] std::vector<double> plms() const {
    const auto ks = rows();
    const bool skips = reading_.fields.flag("skip_prk_steps");
    std::vector<double> out;
    if (skips) {
      for (std::size_t i = 0; i < ks.size(); ++i) out.insert(out.end(), i == 1 ? 2 : 1, ks[i]);
      return out;
    }
    constexpr std::size_t kOrder = 4;
    if (ks.size() < kOrder) reading_.refuse("takes 4 `inference-steps` or more");
    // Runge and Kutta's: the last four and what lies half a step above them, in the middle twice.
    const int half = trained_ / n_ / 2;
    out = {ks.front()};
    for (std::size_t i = 1; i < kOrder; ++i) {
      out.insert(out.end(), 2, ks[i] + half);
      out.insert(out.end(), 2, ks[i]);
    }
    out.insert(out.end(), ks.begin() + kOrder, ks.end());
    return out;
  }

  [[nodiscard]] std::vector<double> ends() const {
    check_count();
    if (n_ < 2) reading_.refuse("takes 2 `inference-steps` or more");
    return rounded(falling(linspace(0, trained_ - 1, n_)));
  }

  // Those of a teacher that takes every k-th.
  [[nodiscard]] std::vector<double> distilled() const {
    const int original = reading_.fields.integer("original_inference_steps", 50);
    if (original < 1 || original > trained_) {
      reading_.fields.fail(
          fmt::format("\"original_inference_steps\" is {}, not from 1 to {}", original, trained_));
    }
    if (n_ > original) {
      reading_.refuse(fmt::format("has at most its {} \"original_inference_steps\"", original));
    }
    const int stride = trained_ / original;
    std::vector<double> ks;
    for (int i = 0; i < n_; ++i) {
      const auto skipped = static_cast<int>(i * (static_cast<double>(original) / n_));
      ks.push_back((original - skipped) * stride - 1);
    }
    return ks;
  }

 private:
  void check_count() const {
    if (n_ > trained_) {
      reading_.refuse(fmt::format("takes at most the {} timesteps of training", trained_));
    }
  }

  [[nodiscard]] static std::vector<double> falling(std::vector<double> ks) {
    std::reverse(ks.begin(), ks.end());
    return ks;
  }

  [[nodiscard]] std::vector<double> leading(int trained, int count) const {
    const int stride = trained / count;
    if (stride < 1) {
      reading_.refuse(
          fmt::format("spaces its steps by whole timesteps, of which it has {}", trained));
    }
    std::vector<double> ks;
    for (int i = count - 1; i >= 0; --i) ks.push_back(i * stride + offset_);
    return ks;
  }

  [[nodiscard]] std::vector<double> whole(int last, int count) const {
    if (spacing_ == "leading") return leading(last, count);
    auto ks = rounded(descending(last, static_cast<double>(trained_) / n_));
    for (double& k : ks) --k;
    return ks;
  }

  const ConfigReading& reading_;
  int trained_;
  int n_;
  std::string spacing_ = "linspace";
  int offset_ = 0;
};

Variances variances_of(Kind kind, double sigma) {
  const double square = sigma * sigma;
  if (kind == Kind::unscaled) return {1, square};
  return {1 / (1 + square), square / (1 + square)};
}

std::vector<GridStep> rows_at(const ConfigReading& reading, const Trained& trained,
                              const std::vector<double>& ks) {
  std::vector<GridStep> steps;
  for (const double k : ks) {
    if (!(k >= 0 && k < trained.count())) {
      reading.refuse(fmt::format("visits timestep {}, which is outside 0..{}, with these steps", k,
                                 trained.count() - 1));
    }
    steps.push_back({k, trained.row(k)});
  }
  return steps;
}

// The bounds of other sigmas, which a config may set.
std::vector<double> other_sigmas(const ConfigReading& reading, Ramp ramp, double greatest,
                                 double least, int n) {
  ConfigFields& fields = reading.fields;
  if (heeds_bounds(ramp, reading.known)) {
    greatest = fields.number("sigma_max", greatest);
    least = fields.number("sigma_min", least);
  }
  if (!(least > 0 && least <= greatest)) {
    fields.fail(fmt::format("sigmas from {} to {} are not a range", least, greatest));
  }
  return ramp_sigmas(ramp, greatest, least, n);
}

// Those of the timesteps of training that are visited: of the first, unless the noise is clipped.
std::vector<double> solver_timesteps(const ConfigReading& reading, const Trained& trained,
                                     const Timesteps& timesteps, int n) {
  // What x_t depends on is then the timestep alone.
  if (reading.known.flow_sigmas != SchedulerClass::FlowSigmas::none &&
      reading.fields.flag("use_flow_sigmas")) {
    reading.config.doubts.push_back(fmt::format(
        "{} makes x_t of its betas, at the timesteps of \"use_flow_sigmas\"", reading.known.name));
    return flow_sigmas_timesteps(reading, n);
  }
  // -Infinity, which Python writes, clips nothing.
  if (!reading.known.clips) return timesteps.solver(trained.count());
  const Json& clip = reading.fields.get("lambda_min_clipped");
  const int clipped = clip.is_number() ? trained.count_below(clip.get<double>()) : 0;
  return timesteps.solver(trained.count() - clipped);
}

std::vector<GridStep> solver_grid(const ConfigReading& reading, const Trained& trained,
                                  const Timesteps& timesteps, int n) {
  ConfigFields& fields = reading.fields;
  const Ramp ramp = read_ramp(fields, reading.known);
  const bool by_rows = reading.known.kind == Kind::preserving;
  if (ramp == Ramp::none) {
    const auto ks = solver_timesteps(reading, trained, timesteps, n);
    if (by_rows) return rows_at(reading, trained, ks);
    std::vector<GridStep> steps;
    steps.reserve(ks.size());
    for (const double k : ks) {
      steps.push_back({k, variances_of(reading.known.kind, trained.sigma(k))});
    }
    return steps;
  }
  const bool may_stay = reading.known.name == "DPMSolverMultistepScheduler" &&
                        fields.text("beta_schedule", "linear") == "squaredcos_cap_v2";
  const bool rounds = (ramp == Ramp::karras || ramp == Ramp::lu) && !may_stay;
  std::vector<GridStep> steps;
  for (const double sigma : other_sigmas(reading, ramp, trained.greatest(), trained.least(), n)) {
    const double place = trained.place(sigma);
    // Cut, but for the last bits of a sigma that is a timestep's own.
    constexpr double kLastBits = 1e-9;
    const double k = rounds ? std::nearbyint(place) : std::floor(place + kLastBits);
    steps.push_back({k, by_rows ? trained.row(k) : variances_of(reading.known.kind, sigma)});
  }
  return steps;
}

// The sigmas of n places, and what the class calls them.
std::vector<std::pair<double, double>> places(const ConfigReading& reading, const Trained& trained,
                                              const Timesteps& timesteps, int n) {
  constexpr std::string_view kInterpolations[] = {"linear", "log_linear"};
  ConfigFields& fields = reading.fields;
  const auto ks = timesteps.places();
  std::vector<double> sigmas;
  sigmas.reserve(ks.size());
  for (const double k : ks) sigmas.push_back(trained.sigma(k));
  const Ramp ramp = read_ramp(fields, reading.known);
  const bool is_euler = reading.known.name == "EulerDiscreteScheduler";
  if (is_euler && fields.choice("interpolation_type", "linear", kInterpolations) == "log_linear") {
    // One more than there are timesteps, which is where other sigmas end.
    sigmas = ramp_sigmas(Ramp::exponential, trained.greatest(), trained.least(), n + 1);
  }
  std::vector<std::pair<double, double>> out;
  if (ramp == Ramp::none) {
    for (std::size_t i = 0; i < ks.size(); ++i) out.emplace_back(sigmas[i], ks[i]);
  } else {
    const bool rounds = reading.known.name.starts_with("KDPM2") && ramp == Ramp::karras;
    for (const double sigma : other_sigmas(reading, ramp, sigmas.front(), sigmas.back(), n)) {
      const double place = trained.place(sigma);
      out.emplace_back(sigma, rounds ? std::nearbyint(place) : place);
    }
  }
  if (is_euler && fields.text("timestep_type", "discrete") == "continuous" &&
      fields.text("prediction_type", "epsilon") == "v_prediction") {
    for (auto& [sigma, name] : out) name = std::log(sigma) / 4;
  }
  return out;
}

std::vector<GridStep> places_grid(const ConfigReading& reading, const Trained& trained,
                                  const Timesteps& timesteps, int n) {
  const auto at = places(reading, trained, timesteps, n);
  // As many as the timesteps of training have nothing between them.
  const bool whole = reading.request.inference_steps == 0;
  const bool has_middles = !whole && reading.known.steps == Steps::midpoints;
  const bool held = has_middles && reading.asked_as_constructed(
                                       "add_noise at a step between two others takes the sigma of "
                                       "the one after it, and x_t here has its own");
  std::vector<GridStep> steps;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const auto [sigma, timestep] = at[i];
    const auto variances = variances_of(Kind::unscaled, sigma);
    if (i > 0 && has_middles) {
      const double middle = std::sqrt(at[i - 1].first * sigma);
      steps.push_back({trained.place(middle), held ? variances : Variances{1, middle * middle}});
    }
    if (i > 0 && !whole && reading.known.steps == Steps::doubled) {
      // KDPM2Ancestral finds the first of the two by its sigma, and rounds it not.
      const bool is_found = reading.known.name == "KDPM2AncestralDiscreteScheduler";
      steps.push_back({is_found ? trained.place(sigma) : timestep, variances});
    }
    steps.push_back({timestep, variances});
  }
  return steps;
}

}  // namespace

std::vector<GridStep> beta_grid(const ConfigReading& reading, const NoiseSchedule& schedule,
                                int n) {
  const Trained trained(schedule);
  const Timesteps timesteps(reading, trained.count(), n);
  switch (reading.known.steps) {
    case Steps::rows: return rows_at(reading, trained, timesteps.rows());
    case Steps::plms: return rows_at(reading, trained, timesteps.plms());
    case Steps::ends: return rows_at(reading, trained, timesteps.ends());
    case Steps::distilled: return rows_at(reading, trained, timesteps.distilled());
    case Steps::solver:
    case Steps::inverse_solver: return solver_grid(reading, trained, timesteps, n);
    case Steps::places:
    case Steps::doubled:
    case Steps::midpoints: return places_grid(reading, trained, timesteps, n);
    case Steps::none: break;
  }
  return {};
}

}  // namespace qsample
