// Many images, each with noise of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "qsample/jobs/forward_process.h"
#include "qsample/jobs/options.h"
#include "qsample/jobs/saved_beside.h"
#include "qsample/jobs/select_images.h"
#include "qsample/jobs/timestep_choice.h"
#include "qsample/run.h"

namespace qsample {

struct BatchJob {
  std::vector<BatchInput> inputs;  ///< one at the least
  std::string output;        ///< folder that mirrors the tree below the inputs'; created as needed
  bool keep_ending = false;  ///< a.jpg gives a.jpg.png, not a.png
  /// Names of outputs below `output`: fields {stem}, the input's path without its ending, {t},
  /// {place} ("t0250"; of a real place "sigma1.234"), {k} (the draw) and {seed} in a text whose
  /// ending decides the format. Empty: "{stem}", with _{place} where there are several or a real
  /// one, and _k{k} where there are several.
  std::string name = {};
  TimestepChoice timesteps = {};
  std::vector<SavedBeside> saved = {};
  double sigma_data = kSigmaData;  ///< of EDM's scalings
  InputOptions reading = {};
  std::uint64_t seed = 0;
  OutputOptions options = {};
  std::string manifest = {};  ///< file for a line of JSON an output, in their order; empty for none
  std::vector<OtherInput> other_inputs = {};
  /// How the manifest words an error, for those who read it; empty: as Error has it.
  std::function<std::string(const std::string& error)> wording = {};
};

struct BatchResult {
  std::size_t outputs = 0;  ///< how many there are to be
  std::size_t written = 0;
  std::size_t kept = 0;
  std::size_t failed = 0;
  std::size_t untold = 0;    ///< of those that failed: told as `repeated`, and counted nowhere else
  bool interrupted = false;  ///< some images were not begun
  bool unsaved = false;      ///< the manifest or a folder could not be written or synced
};

/// Told of each image that failed, and of a manifest or folder that did, with the whole message.
/// `repeated`: it is one more that exists already, of which the first and the count are told as
/// well. Calls come one at a time.
using OnFailure = std::function<void(const std::string& message, bool repeated)>;

/// Noises every image that it can, reading each once for all its timesteps and draws. Inputs and
/// outputs are regular files. Throws, before it starts, InvalidArgument if two inputs would write
/// one output or an output is an input, the manifest being one of the outputs, or a name does not
/// tell outputs apart; Error for a manifest or folder that can't be opened or made.
BatchResult run_batch(const BatchJob& job, const ForwardProcess& process,
                      const OnFailure& on_failure, const RunOptions& run = {});

}  // namespace qsample
