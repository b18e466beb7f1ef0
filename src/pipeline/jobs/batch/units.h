// The outputs of a batch: one for each image, timestep and draw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "pipeline/jobs/batch/image_units.h"
#include "qsample/jobs/batch.h"

namespace qsample {

/// The outputs are numbered: image by image, and then as ImageUnits has them.
class Units {
 public:
  /// Throws InvalidArgument as ImageUnits does. The job and the process outlive it.
  Units(const BatchJob& job, const ForwardProcess& process);

  [[nodiscard]] std::size_t size() const { return job_.inputs.size() * each(); }
  /// How many an image has.
  [[nodiscard]] std::size_t each() const { return units_.each(); }
  [[nodiscard]] ImageUnit at(std::size_t number) const;
  [[nodiscard]] const BatchInput& input(std::size_t number) const {
    return job_.inputs[number / each()];
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
  ImageUnits units_;
  std::string ending_;
};

}  // namespace qsample
