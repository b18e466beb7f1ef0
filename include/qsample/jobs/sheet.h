// A contact sheet: rows of frames with their timesteps, and what a histogram of each shows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "qsample/image.h"
#include "qsample/jobs/forward_process.h"
#include "qsample/jobs/options.h"
#include "qsample/run.h"

namespace qsample {

/// What a label says of a frame.
enum class SheetLabel { t, alpha, sigma, log_snr };

/// Frames of one image along one process.
struct SheetRow {
  std::string label;  ///< to its left, or empty
  std::string input;
  const ForwardProcess* process;
  std::uint64_t seed = 0;
  std::vector<int> ts = {};  ///< ascending; as many in every row
};

struct SheetStyle {
  std::vector<SheetLabel> labels = {SheetLabel::t};  ///< a line for each
  /// Below each frame: a histogram of all samples of x_t before they are clipped, with the density
  /// of the normal distribution that the process ends in over it; mean and variance.
  bool histogram = false;
  int gap = 8;      ///< pixels between frames
  int border = 16;  ///< pixels around all
  Colour background = {255, 255, 255};
};

struct SheetJob {
  std::vector<SheetRow> rows;
  std::string output;  ///< "-": standard output; empty: the sheet is shown only
  SheetStyle style = {};
  int offset = 0;  ///< what labels say less than t: 1 where timesteps count from 0
  InputOptions reading = {};
  /// `view` is the size that each frame fits in; of the others only how a file is written counts,
  /// and the range.
  OutputOptions options = {.view = {256, 256}};
  std::vector<OtherInput> other_inputs = {};
  std::function<void(const Image& sheet)> show = {};  ///< told of the sheet when it is made
};

/// Writes the sheet, whole, as an opaque RGB image of 8 bits. A label stands above its column where
/// all rows have the same, else below its frame; where one is too wide, a shorter form does. Throws
/// InvalidArgument where the output is an input or its format holds no such image; Error for what
/// is wrong with a file; Interrupted, with nothing written, if `run.stop` was set. Tells of
/// "frames".
void write_sheet(const SheetJob& job, const RunOptions& run = {});

}  // namespace qsample
