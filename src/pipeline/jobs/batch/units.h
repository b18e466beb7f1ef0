// The outputs of a batch: one for each image, timestep and draw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/outputs/name_template.h"
#include "qsample/jobs/batch.h"

namespace qsample {

/// What one output is made of.
struct Unit {
  std::size_t input;   ///< number of its image
  int t;               ///< timestep
  std::uint32_t draw;  ///< of the noise of the image
};

/// The outputs are numbered: image by image, by timestep and then by draw.
class Units {
 public:
  /// Throws InvalidArgument for a name that two outputs of an image would have, or that says no
  /// more than what there is, and for draws that the noise does not have. The job and the process
  /// outlive it.
  Units(const BatchJob& job, const ForwardProcess& process);

  [[nodiscard]] std::size_t size() const { return job_.inputs.size() * each_; }
  /// How many an image has.
  [[nodiscard]] std::size_t each() const { return each_; }
  [[nodiscard]] Unit at(std::size_t number) const;
  [[nodiscard]] const BatchInput& input(std::size_t number) const {
    return job_.inputs[number / each_];
  }
  /// Of an image's noise.
  [[nodiscard]] std::uint64_t seed(std::size_t input) const;

  /// The path of an output, and below the output folder.
  [[nodiscard]] std::string path(std::size_t number) const;
  [[nodiscard]] std::string name(std::size_t number) const;
  /// The file of what is saved beside it, and its path below the folder of these.
  [[nodiscard]] std::string saved_path(std::size_t number, const SavedBeside& saved) const;
  [[nodiscard]] std::string saved_name(std::size_t number, const SavedBeside& saved) const;

 private:
  // The name without an ending where the pattern has none.
  [[nodiscard]] std::string stem(std::size_t number) const;

  const BatchJob& job_;
  const ForwardProcess& process_;
  std::size_t each_;
  RandomTimesteps random_;
  std::vector<double> probabilities_;  // of a stratified choice, or empty
  NameTemplate name_;
  std::string ending_;
};

}  // namespace qsample
