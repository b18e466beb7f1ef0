// What is made of each image of a set: an x_t for each timestep and draw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "pipeline/outputs/name_template.h"
#include "qsample/jobs/forward_process.h"
#include "qsample/jobs/timestep_choice.h"

namespace qsample {

struct ImageUnit {
  int t;               ///< timestep
  std::uint32_t draw;  ///< of the noise of the image
};

/// The timesteps of a choice; of random ones those that bound them.
[[nodiscard]] std::vector<int> bounding_timesteps(const TimestepChoice& choice,
                                                  const NoiseSchedule& schedule);

/// The units of an image are numbered by timestep and then by draw.
class ImageUnits {
 public:
  /// Whether the names that nobody chose tell of a real place, too, which may have a dot.
  enum class Places { told, untold };

  /// `name` is the pattern of their names; empty: "{stem}" and what tells them apart. Throws
  /// InvalidArgument for a name that two units of an image would have, or that says no more than
  /// what there is, and for draws that the noise does not have. The process outlives it.
  ImageUnits(TimestepChoice choice, const std::string& name, const ForwardProcess& process,
             Places places = Places::told);

  /// How many an image has.
  [[nodiscard]] std::size_t each() const { return each_; }

  /// Whether the timesteps depend on the seeds of all images, which spread_over() then takes before
  /// at() is asked.
  [[nodiscard]] bool is_stratified() const {
    return choice_.is_random() && choice_.random.stratified;
  }
  void spread_over(std::vector<std::uint64_t> seeds);

  /// A unit of the image whose noise has this seed.
  [[nodiscard]] ImageUnit at(std::uint64_t seed, std::size_t number) const;

  [[nodiscard]] const NameTemplate& pattern() const { return name_; }
  /// The name of a unit. Throws InvalidArgument for one that can't be.
  [[nodiscard]] std::string name(const std::string& stem, ImageUnit unit, std::uint64_t seed) const;

 private:
  const NoiseSchedule& schedule_;
  TimestepChoice choice_;
  std::size_t each_;
  RandomTimesteps random_;
  std::vector<std::uint64_t> seeds_;   // in order, of a stratified choice
  std::vector<double> probabilities_;  // theirs
  NameTemplate name_;
};

}  // namespace qsample
