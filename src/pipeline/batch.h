// Many images, each with noise of its own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/trajectory.h"

namespace qsample {

/// One image of a batch.
struct BatchInput {
  std::string path;
  /// Path below the input folder, '/' between parts: decides the seed and the output's place.
  std::string relative;
};

/// Where the images of a batch come from.
struct BatchSelection {
  std::vector<std::string> inputs = {};  ///< folders, whose images are taken, and files
  bool recursive = false;                ///< also the images of sub-folders
  std::string base = {};                 ///< files lie below this folder; empty: each in its own
  std::string skip = {};                 ///< a folder to pass over, the output's
};

struct SelectedImages {
  std::vector<BatchInput> images = {};
  std::vector<std::string> failures = {};  ///< messages, of folders that cannot be listed
};

/// The images in order: inputs as given, folders sorted by byte. In folders, hidden files, files
/// without the ending of a known format and what is not a regular file are passed over; a file that
/// is named is always taken. Throws InvalidArgument for a file that is not below `base`. Takes the
/// selection over: a list of a million paths should not be held twice.
[[nodiscard]] SelectedImages select_images(BatchSelection selection);

/// The seed of a file: XXH3-64 of its relative path, seeded with the batch's.
[[nodiscard]] std::uint64_t file_seed(const std::string& relative, std::uint64_t seed);

struct BatchJob {
  std::vector<BatchInput> inputs;  ///< one at the least
  std::string folder;    ///< mirrors the tree below the inputs' folders; created as needed
  std::optional<int> t;  ///< none: drawn uniformly from 1..T by the file's seed
  InputOptions reading = {};
  std::uint64_t seed = 0;
  OutputOptions output;
  std::string manifest;  ///< file for a line of JSON an image, in their order; empty for none
  std::vector<OtherInput> other_inputs = {};
};

struct BatchResult {
  std::size_t written = 0;
  std::size_t kept = 0;
  std::size_t failed = 0;
  bool interrupted = false;  ///< some images were not begun
  bool unsaved = false;      ///< the manifest or a folder could not be written or synced
};

/// Told of each image that failed, and of a manifest or folder that did, with the whole message.
/// Calls come one at a time.
using OnFailure = std::function<void(const std::string& message)>;

/// Noises every image that it can. Throws, before it starts, InvalidArgument if two inputs would
/// write one output or an output is an input, the manifest being one of the outputs; Error for a
/// manifest or folder that can't be opened or made.
BatchResult run_batch(const BatchJob& job, const Recipe& recipe, const OnFailure& on_failure,
                      const RunOptions& run = {});

}  // namespace qsample
