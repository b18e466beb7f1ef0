// The targets that a job saves beside each x_t, wherever they go.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pipeline/destination.h"
#include "pipeline/jobs/saved/saved_targets.h"
#include "qsample/jobs/saved_beside.h"

namespace qsample {

/// What is to be saved, and of which outputs, which are numbered.
struct SavedJob {
  const std::vector<SavedBeside>& saved;
  double sigma_data;             ///< of EDM's scalings
  const OutputOptions& options;  ///< of x_t
  const DecodeOptions& decoding;
  const ForwardProcess& process;
  std::function<std::string(std::size_t unit)> xt;  ///< the file of x_t
  /// The file of one that has its own, by its ending.
  std::function<std::string(std::size_t unit, const SavedBeside& saved)> file;
};

class TargetSet {
 public:
  /// `ts` are the timesteps of the outputs, or those that bound them. Throws InvalidArgument for
  /// what does not exist at one of them, or can't be held by the files that it goes to. What the
  /// job refers to outlives the set.
  TargetSet(SavedJob job, std::span<const int> ts);

  [[nodiscard]] bool any() const { return !job_.saved.empty(); }

  /// Bytes that it takes for one x_t, beside the noise.
  [[nodiscard]] std::size_t memory(const Footprint& image) const;

  /// The targets of one output, in the order in which they are asked for.
  [[nodiscard]] std::vector<Frame> frames(const Image& clean, const ImageNoise& noise, int t) const;

  /// Those that go into the file of x_t; and what its record says of them.
  [[nodiscard]] std::vector<NamedImage> inside(const std::vector<Frame>& frames) const;
  void add_inside(Making& making) const;

  /// The form of the file of one that has its own; nothing for those inside.
  [[nodiscard]] const std::optional<Destination>& form(std::size_t number) const {
    return forms_[number];
  }
  /// The record of that file; `making` says how x_t was made.
  [[nodiscard]] std::string own_record(std::size_t number, const Making& making) const;
  /// The text of EDM's scalings beside it.
  [[nodiscard]] std::string scalings(int t) const;

 protected:
  [[nodiscard]] const SavedJob& job() const { return job_; }

 private:
  SavedJob job_;
  std::vector<std::optional<Destination>> forms_;
};

}  // namespace qsample
