// One image file at one timestep, with what training code wants beside x_t.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "qsample/forward_process.h"
#include "qsample/jobs/options.h"
#include "qsample/run.h"

namespace qsample {

/// A further output: x0, eps, or the target v of a network that predicts the velocity
/// (NoiseSchedule::velocity), as floats. eps is the noise in x_t = alpha_t x_0 + sigma_t eps.
struct Saved {
  enum class Kind { x0, eps, v };
  Kind kind;
  std::string path;
};

struct NoiseJob {
  std::string input;
  std::string output;  ///< empty: x_t is shown only
  InputOptions reading = {};
  int t = 0;
  std::uint64_t seed = 0;
  OutputOptions options = {};
  std::vector<Saved> saved = {};
  std::vector<OtherInput> other_inputs = {};
  std::function<void(const Image& xt)> show = {};  ///< told of x_t, in the size of the view
};

/// Noises one file. Outputs of one name go into one file, of a format that holds several images.
/// Returns the share of clipped samples. Throws InvalidArgument before anything is read where two
/// outputs clash, an output is an input, or what is to be saved does not exist: v of a schedule
/// that has none, eps at t = 0 of a Markov path; Error for what is wrong with a file.
double noise_file(const NoiseJob& job, const ForwardProcess& process, const RunOptions& run = {});

}  // namespace qsample
