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

/// The images in order: inputs as given, folders sorted by byte. Hidden files and files without the
/// ending of a known format are passed over in folders; a file that is named is always taken.
/// Throws Error for a folder that cannot be listed, InvalidArgument for a file that is not below
/// `base`.
[[nodiscard]] std::vector<BatchInput> select_images(const BatchSelection& selection);

/// The seed of a file: XXH3-64 of its relative path, seeded with the batch's.
[[nodiscard]] std::uint64_t file_seed(const std::string& relative, std::uint64_t seed);

struct BatchJob {
  std::vector<BatchInput> inputs;
  std::string folder;    ///< mirrors the tree below the inputs' folders; created as needed
  std::optional<int> t;  ///< none: drawn uniformly from 1..T by the file's seed
  Range input_range = {};
  std::uint64_t seed = 0;
  OutputOptions output;
  bool resume = false;   ///< keep outputs made from the same input in the same way
  std::string manifest;  ///< file for a line of JSON an image; empty for none
  int workers = 1;
};

struct BatchResult {
  std::size_t written = 0;
  std::size_t kept = 0;
  std::size_t failed = 0;
  bool interrupted = false;  ///< some images were not begun
};

/// Told of each image that failed, with the whole message. Calls come one at a time.
using OnFailure = std::function<void(const std::string& message)>;

/// Noises every image that it can. Throws InvalidArgument before it starts if two inputs would
/// write one output, or an output is an input; Error for a manifest that can't be written.
BatchResult run_batch(const BatchJob& job, const Recipe& recipe, const OnFailure& on_failure,
                      const Progress& progress = {}, Stop stop = nullptr);

}  // namespace qsample
