// What trainers add to the noise of an image: the table that command lines and records go by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "qsample/generators.h"
#include "qsample/noise.h"

namespace qsample {

/// eps as a trainer makes it of the plain noise n; by default n itself. In the order of the fields:
///
///     eps = n + w_c o_c                           in channel c, o drawn once a channel and item
///     eps = (eps + sum_l discount^l up(d_l)) / s  up the bilinear filter, s the deviation
///     x_t = alpha_t x_0 + sigma_t (eps + perturbation e)
///
/// s is that of an item; with the noise of torch that of the whole tensor, as trainers have it. A
/// target is made of eps, without the perturbation, or with it. A random weight is its u-th part,
/// u uniform on [0, 1) and drawn once an item, before what it weighs; with the noise of torch once
/// for the whole tensor. With the noise of torch these are the samples of the trainers of diffusers
/// (offset, perturbation), of kohya's sd-scripts (all but perturbed targets) and of OneTrainer
/// (offset, perturbation of targets too), which draw n, [u], o, d_0, d_1, ..., [u], e one after the
/// other.
struct NoiseAdditions {
  double offset = 0;                 ///< w_c = max(0, offset + adaptive |mean of x_0 in channel c|)
  double offset_adaptive = 0;        ///< that `adaptive`
  bool offset_random = false;        ///< w_c becomes u w_c
  double perturbation = 0;           ///< its weight
  bool perturbation_random = false;  ///< which becomes u times that
  bool perturbs_targets = false;     ///< whether targets have it too
  int pyramid = 0;                   ///< most levels, 0 for none; they end with a side of one pixel
  double pyramid_discount = 0.3;
  /// Level l has the image's size divided by r^l, r = 2 + 2 u for each level, where u is what
  /// Python's random.random() gives next after random.seed(this); none: the seed of the noise, as
  /// trainers seed both.
  std::optional<std::uint64_t> pyramid_seed = {};

  /// Whether eps is another than n.
  [[nodiscard]] bool change_eps() const {
    return offset != 0 || offset_adaptive != 0 || pyramid != 0;
  }
  /// Whether the noise in x_t is another than n.
  [[nodiscard]] bool any() const { return change_eps() || perturbation != 0; }
};

/// One row of the table: a field of NoiseAdditions as it is called outside of code. The value goes
/// as a number, that of a flag as 0 or 1.
struct NoiseAddition {
  std::string_view name;   ///< of its parameter, its command-line option and its key in records
  std::string_view value;  ///< what a person calls it: "S"; empty: a flag, which has none
  double least, most;
  bool whole;                  ///< a whole number
  std::string_view help;       ///< for a person
  std::string_view goes_with;  ///< the row that this one refines, and is not without
  double default_value;
  double (*get)(const NoiseAdditions& additions);
  void (*set)(NoiseAdditions& additions, double value);

  [[nodiscard]] bool is_flag() const { return value.empty(); }
  [[nodiscard]] bool is_set(const NoiseAdditions& additions) const {
    return get(additions) != default_value;
  }
};

/// Every addition, in the order in which help shows them and records have them.
[[nodiscard]] std::span<const NoiseAddition> noise_additions();

/// Throws InvalidArgument for values outside of their rows' ranges, for one without that which it
/// refines, and for a generator whose stream does not go on.
void check_additions(const NoiseAdditions& additions, const Generator& generator);

/// The bytes that the additions take beside the generator's own, as long as there is a source.
[[nodiscard]] std::size_t additional_memory(const NoiseAdditions& additions,
                                            const Generator& generator, std::size_t samples);

/// Which noise of an image is meant: what is in x_t, or eps, of which targets are made.
enum class NoisePart { input, target };

/// The noise of one image or tensor with the additions, one of its draws: one stream, that of step
/// 0. `mean_x0` has the mean of x_0 for each channel of each item, and may be empty where
/// offset_adaptive is 0. Throws InvalidArgument for a shape that the generator or the additions do
/// not do.
[[nodiscard]] std::unique_ptr<NoiseSource> add_to_noise(const NoiseAdditions& additions,
                                                        const Generator& generator,
                                                        std::uint64_t seed, const NoiseShape& shape,
                                                        std::uint32_t draw, NoisePart part,
                                                        std::span<const double> mean_x0 = {});

}  // namespace qsample
