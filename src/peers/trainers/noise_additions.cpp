#include "qsample/trainers/noise_additions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/fail.h"
#include "peers/trainers/pyramid.h"

namespace qsample {
namespace {

// The streams of a generator that has steps, beyond those of all timesteps.
constexpr std::uint32_t kBeyond = std::uint32_t{1} << 31;
constexpr std::uint32_t kOffsetStep = kBeyond + 1;
constexpr std::uint32_t kPerturbationStep = kBeyond + 2;
constexpr std::uint32_t kPyramidStep = kBeyond + 16;
// The numbers of its uniforms.
constexpr std::uint32_t kOffsetUniform = 4;
constexpr std::uint32_t kPerturbationUniform = 5;

// Samples drawn at a time, within the first-level cache.
constexpr std::size_t kPiece = 2048;

constexpr double kMostWeight = 1000;

constexpr NoiseAddition kAdditions[] = {
    {"offset-noise", "S", 0, kMostWeight, false,
     "add to the noise, in each channel, S times one normal number: eps' = eps + S o", "", 0,
     [](const NoiseAdditions& a) { return a.offset; },
     [](NoiseAdditions& a, double value) { a.offset = value; }},
    {"offset-noise-adaptive", "A", -kMostWeight, kMostWeight, false,
     "the same with S + A |mean of x_0 in the channel| for S, or 0 where that is negative", "", 0,
     [](const NoiseAdditions& a) { return a.offset_adaptive; },
     [](NoiseAdditions& a, double value) { a.offset_adaptive = value; }},
    {"offset-noise-random", "", 0, 1, true,
     "weigh the noise of channels by S times a uniform number of [0, 1), one an image",
     "offset-noise", 0, [](const NoiseAdditions& a) { return a.offset_random ? 1.0 : 0.0; },
     [](NoiseAdditions& a, double value) { a.offset_random = value != 0; }},
    {"pyramid-noise", "N", 0, 100, true,
     "add noises of N sizes, each about a third of the last, then divide by the standard deviation",
     "", 0, [](const NoiseAdditions& a) { return static_cast<double>(a.pyramid); },
     [](NoiseAdditions& a, double value) { a.pyramid = static_cast<int>(value); }},
    {"pyramid-discount", "D", 0, 1, false, "the weight of each size, times that of the last",
     "pyramid-noise", NoiseAdditions{}.pyramid_discount,
     [](const NoiseAdditions& a) { return a.pyramid_discount; },
     [](NoiseAdditions& a, double value) { a.pyramid_discount = value; }},
    {"input-perturbation", "G", 0, kMostWeight, false,
     "let x_t have G times another noise besides, which targets lack", "", 0,
     [](const NoiseAdditions& a) { return a.perturbation; },
     [](NoiseAdditions& a, double value) { a.perturbation = value; }},
    {"input-perturbation-random", "", 0, 1, true,
     "weigh it by G times a uniform number of [0, 1), one an image", "input-perturbation", 0,
     [](const NoiseAdditions& a) { return a.perturbation_random ? 1.0 : 0.0; },
     [](NoiseAdditions& a, double value) { a.perturbation_random = value != 0; }},
    {"perturb-targets", "", 0, 1, true, "let targets have that noise too", "input-perturbation", 0,
     [](const NoiseAdditions& a) { return a.perturbs_targets ? 1.0 : 0.0; },
     [](NoiseAdditions& a, double value) { a.perturbs_targets = value != 0; }},
};

bool has_offset(const NoiseAdditions& additions) {
  return additions.offset != 0 || additions.offset_adaptive != 0;
}

// What is drawn after the noise of the image, in the order of the trainers; the indices of parts
// that there are not are those of others.
struct Draws {
  // `uniforms`: of those that a weight takes, one for each item, or one for all.
  Draws(const NoiseAdditions& additions, std::uint64_t seed, const NoiseShape& shape, int uniforms)
      : levels(pyramid_levels(additions, seed, shape)) {
    const NoiseShape numbers{1, 1, 1, 1, uniforms};
    if (additions.offset_random) add({kOffsetUniform, numbers, FurtherDraw::Law::uniform});
    offset = all.size();
    if (has_offset(additions)) {
      add({kOffsetStep, {1, 1, shape.channels, 1, shape.items, shape.dtype}});
    }
    first_level = all.size();
    for (std::size_t l = 0; l < levels.size(); ++l) {
      add({kPyramidStep + static_cast<std::uint32_t>(l), levels[l]});
    }
    perturbation_uniform = all.size();
    if (additions.perturbation_random) {
      add({kPerturbationUniform, numbers, FurtherDraw::Law::uniform});
    }
    perturbation = all.size();
    if (additions.perturbation != 0) add({kPerturbationStep, shape});
  }

  std::vector<NoiseShape> levels;
  std::vector<FurtherDraw> all;
  std::size_t offset = 0;
  std::size_t first_level = 0;
  std::size_t perturbation_uniform = 0;
  std::size_t perturbation = 0;

 private:
  void add(FurtherDraw draw) { all.push_back(draw); }
};

// The noise of an image with what is added to it.
class AddedNoise final : public NoiseSource {
 public:
  AddedNoise(NoiseSeries series, const NoiseShape& shape)
      : series_(std::move(series)), shape_(shape) {}

  // `weights` of each channel of each item.
  void add_offset(const Draws& draws, std::span<const float> weights, bool is_random) {
    offsets_.resize(weights.size());
    drawn(draws, draws.offset, offsets_);
    const auto shares = is_random ? uniforms(draws, 0) : std::vector<float>{1};
    for (std::size_t i = 0; i < weights.size(); ++i) {
      offsets_[i] *= weights[i] * shares[i * shares.size() / weights.size()];
    }
  }

  // eps then depends on the whole image, and is held from here on.
  void add_pyramid(const Draws& draws, double discount, bool item_by_item) {
    std::vector<float> eps(shape_.samples());
    fill_eps(0, eps);
    std::vector<float> level;
    double weight = 1;
    for (std::size_t l = 0; l < draws.levels.size(); ++l) {
      level.resize(draws.levels[l].samples());
      drawn(draws, draws.first_level + l, level);
      add_level(level, draws.levels[l], static_cast<float>(weight), shape_, eps);
      weight *= discount;
    }
    const std::size_t one = item_by_item ? shape_.samples_an_item() : eps.size();
    for (std::size_t i = 0; i < eps.size(); i += one) normalize(std::span(eps).subspan(i, one));
    whole_ = std::move(eps);
  }

  void add_perturbation(const Draws& draws, double weight, bool is_random) {
    perturbations_ =
        is_random ? uniforms(draws, draws.perturbation_uniform) : std::vector<float>{1};
    for (float& share : perturbations_) share *= static_cast<float>(weight);
    perturbation_ = series_.further[draws.perturbation].get();
  }

  using NoiseSource::fill;
  void fill(std::uint32_t step, std::uint64_t first, std::span<float> eps) const override {
    if (step != 0) fail("noise with additions is drawn once for an image: it has no stream ", step);
    fill_eps(first, eps);
    if (perturbation_ == nullptr) return;
    const std::size_t part = shape_.samples() / perturbations_.size();
    std::array<float, kPiece> more;
    for (std::size_t i = 0; i < eps.size();) {
      const std::size_t at = static_cast<std::size_t>(first) + i;
      const std::size_t n = std::min({kPiece, eps.size() - i, part - at % part});
      perturbation_->fill(kPerturbationStep, at, {more.data(), n});
      for (std::size_t j = 0; j < n; ++j) eps[i + j] += perturbations_[at / part] * more[j];
      i += n;
    }
  }

 private:
  // The first samples of a draw.
  void drawn(const Draws& draws, std::size_t index, std::span<float> out) const {
    series_.further[index]->fill(draws.all[index].step, 0, out);
  }

  std::vector<float> uniforms(const Draws& draws, std::size_t index) const {
    std::vector<float> numbers(static_cast<std::size_t>(draws.all[index].shape.items));
    drawn(draws, index, numbers);
    return numbers;
  }

  void fill_eps(std::uint64_t first, std::span<float> eps) const {
    if (!whole_.empty()) {
      if (first > whole_.size() || eps.size() > whole_.size() - first) {
        fail("pyramid noise has ", whole_.size(), " samples");
      }
      std::copy_n(whole_.begin() + static_cast<std::ptrdiff_t>(first), eps.size(), eps.begin());
      return;
    }
    series_.noise->fill(0, first, eps);
    if (!offsets_.empty()) add_offsets(first, eps);
  }

  void add_offsets(std::uint64_t first, std::span<float> eps) const {
    const auto channels = static_cast<std::size_t>(shape_.channels);
    const std::size_t item = shape_.samples_an_item();
    for (std::size_t i = 0; i < eps.size(); ++i) {
      const std::size_t at = static_cast<std::size_t>(first) + i;
      eps[i] += offsets_[at / item * channels + at % channels];
    }
  }

  NoiseSeries series_;
  NoiseShape shape_;
  std::vector<float> offsets_;                 // of each channel of each item, or empty
  std::vector<float> whole_;                   // eps, where it has a pyramid
  const NoiseSource* perturbation_ = nullptr;  // none without
  std::vector<float> perturbations_;           // its weights, one an item or one for all
};

// w_c of each channel of each item.
std::vector<float> offset_weights(const NoiseAdditions& additions, const NoiseShape& shape,
                                  std::span<const double> mean_x0) {
  std::vector<float> weights;
  const auto count =
      static_cast<std::size_t>(shape.channels) * static_cast<std::size_t>(shape.items);
  for (std::size_t i = 0; i < count; ++i) {
    double weight = additions.offset;
    if (additions.offset_adaptive != 0) {
      weight = std::max(0.0, weight + additions.offset_adaptive * std::abs(mean_x0[i]));
    }
    weights.push_back(static_cast<float>(weight));
  }
  return weights;
}

const NoiseAddition& row_of(std::string_view name) {
  return *std::find_if(std::begin(kAdditions), std::end(kAdditions),
                       [&](const NoiseAddition& row) { return row.name == name; });
}

}  // namespace

std::span<const NoiseAddition> noise_additions() { return kAdditions; }

void check_additions(const NoiseAdditions& additions, const Generator& generator) {
  for (const NoiseAddition& row : kAdditions) {
    const double value = row.get(additions);
    if (!(value >= row.least && value <= row.most)) {
      fail(Named{row.name}, ": ", value, " is outside ", row.least, "..", row.most);
    }
    if (!row.goes_with.empty() && row.is_set(additions) && !row_of(row.goes_with).is_set(additions))
      fail(Named{row.name}, " goes with ", Named{row.goes_with});
  }
  if (additions.pyramid_seed && additions.pyramid == 0) {
    fail(Named{"pyramid-seed"}, " goes with ", Named{"pyramid-noise"});
  }
  if (additions.offset == 0 && additions.offset_adaptive < 0) {
    fail(Named{"offset-noise-adaptive"}, ": below 0 it lessens ", Named{"offset-noise"},
         ", of which there is none");
  }
  if (!additions.any() || generator.make_series != nullptr) return;
  std::string_view first;
  for (const NoiseAddition& row : kAdditions) {
    if (first.empty() && row.is_set(additions)) first = row.name;
  }
  fail(Named{first}, " needs draws that follow the first, which ", Named{"rng"}, " ",
       generator.name, " does not have: use philox or torch");
}

std::size_t additional_memory(const NoiseAdditions& additions, const Generator& generator,
                              std::size_t samples) {
  // The levels below the first, and what one of them is drawn and turned in, are less than one more
  // array of the image's samples.
  std::size_t arrays = additions.pyramid != 0 ? 3 : 0;
  if (generator.memory_per_sample != 0) {
    arrays += (additions.pyramid != 0 ? 1 : 0) + (additions.perturbation != 0 ? 1 : 0);
  }
  return arrays * sizeof(float) * samples;
}

std::unique_ptr<NoiseSource> add_to_noise(const NoiseAdditions& additions,
                                          const Generator& generator, std::uint64_t seed,
                                          const NoiseShape& shape, std::uint32_t draw,
                                          NoisePart part, std::span<const double> mean_x0) {
  check_additions(additions, generator);
  if (!additions.any()) return generator.make(seed, shape, draw);
  const auto means =
      static_cast<std::size_t>(shape.channels) * static_cast<std::size_t>(shape.items);
  if (additions.offset_adaptive != 0 && mean_x0.size() != means) {
    fail(Named{"offset-noise-adaptive"}, " needs the mean of each of ", means, " channels, not of ",
         mean_x0.size());
  }
  const Draws draws(additions, seed, shape, generator.has_steps ? shape.items : 1);
  auto noise =
      std::make_unique<AddedNoise>(generator.make_series(seed, shape, draw, draws.all), shape);
  if (has_offset(additions)) {
    noise->add_offset(draws, offset_weights(additions, shape, mean_x0), additions.offset_random);
  }
  if (additions.pyramid != 0) {
    noise->add_pyramid(draws, additions.pyramid_discount, generator.has_steps);
  }
  if (additions.perturbation != 0 && (part == NoisePart::input || additions.perturbs_targets)) {
    noise->add_perturbation(draws, additions.perturbation, additions.perturbation_random);
  }
  return noise;
}

}  // namespace qsample
