// One image file at one timestep, with what training code wants beside x_t.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "qsample/jobs/forward_process.h"
#include "qsample/jobs/options.h"
#include "qsample/run.h"
#include "qsample/trainers/target.h"

namespace qsample {

/// A further output, as floats. Where its target has EDM's scalings they are written beside it, in
/// JSON, to its path with the ending .json.
struct Saved {
  const Target* target;  ///< a row of targets()
  std::string path;      ///< empty: it is shown only
};

struct NoiseJob {
  std::string input;
  /// The input's, where it is no file but, say, a member of an archive; `input` is its name then.
  std::vector<std::byte> bytes = {};
  std::string output;         ///< empty: x_t is shown only
  bool make_folders = false;  ///< those of the outputs, where they are missing
  InputOptions reading = {};
  int t = 0;  ///< or the number of a real place in the process's schedule: put_place()
  std::uint64_t seed = 0;
  std::uint32_t draw = 0;  ///< of the seed's noise
  OutputOptions options = {};
  std::vector<Saved> saved = {};
  double sigma_data = kSigmaData;  ///< of EDM's scalings
  std::vector<OtherInput> other_inputs = {};
  std::function<void(const Image& xt)> show = {};  ///< told of x_t, in the size of the view
  std::function<void(const Target& target, const Image& image)> show_saved = {};
};

/// Noises one file. Outputs of one name go into one file, of a format that holds several images.
/// Returns the share of clipped samples. Throws InvalidArgument before anything is read where two
/// outputs clash, an output is an input, or what is to be saved does not exist: v of a schedule
/// that has none, eps at t = 0 of a Markov path, a score without noise; Error for what is wrong
/// with a file.
double noise_file(const NoiseJob& job, const ForwardProcess& process, const RunOptions& run = {});

/// The same for several jobs, of one at the least, that differ in their t, draws and outputs alone:
/// the file is read once, and all is checked before anything is written.
std::vector<double> noise_files(std::span<const NoiseJob> jobs, const ForwardProcess& process,
                                const RunOptions& run = {});

}  // namespace qsample
