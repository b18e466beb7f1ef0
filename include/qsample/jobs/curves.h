// Schedules as tables and as pictures of their curves.
#pragma once

#include <string>
#include <vector>

#include "qsample/jobs/options.h"
#include "qsample/run.h"
#include "qsample/schedule.h"

namespace qsample {

/// A schedule, and what it is called beside others.
struct NamedSchedule {
  std::string label;
  NoiseSchedule schedule;
  /// What a class of schedulers calls t = 1..T (ScheduleSpec::timesteps); empty: nothing of its
  /// own.
  std::vector<double> timesteps = {};
};

/// The colours of a picture. Automatic: an SVG is light or dark as its reader's surroundings are, a
/// PNG light.
enum class Theme { automatic, light, dark };

struct CurvesJob {
  std::vector<NamedSchedule> schedules;  ///< one at the least; of several each has its own label
  std::string output = "-";              ///< file; "-" for standard output
  /// "table", "csv", "json", "safetensors", "svg" or "png"; empty: as the output's ending says, and
  /// a table on standard output.
  std::string format = {};
  /// Of a table: the only row of each schedule, a t or a point's, as many as there are schedules;
  /// empty: all rows.
  std::vector<int> rows = {};
  /// Of a picture: timesteps whose values stand at the curves, each in 0..T of each schedule.
  std::vector<int> marks = {};
  Theme theme = Theme::automatic;
  /// Of a picture, in pixels, 16..8192; 0: what suits the other one, and 640 wide. A wider picture
  /// is lettered larger, a small one leaves out what does not fit.
  int width = 0;
  int height = 0;
  bool overwrite = false;
  std::vector<OtherInput> other_inputs = {};
};

/// Whether the job writes a picture. Throws InvalidArgument where neither its output nor its format
/// says what it writes, or both say it differently.
[[nodiscard]] bool is_picture(const CurvesJob& job);

/// Throws InvalidArgument for a mark that is not in 0..T of each schedule.
void check_marks(const std::vector<NamedSchedule>& schedules, const std::vector<int>& marks);

/// Writes one file. A table has the columns t, beta, alpha_bar, alpha, sigma, snr and log_snr for
/// t = 0..T, in csv and json to 17 significant digits, in safetensors as a list of
/// doubles for each, and timestep behind t where a schedule has
/// such names; of several schedules each is headed by its
/// label, which is the first column in csv and the name of its array in json. A picture has
/// alpha_bar, sigma, log SNR and beta over t, over t / T where T differs, and marks SNR = 1. Throws
/// InvalidArgument, before anything is written, for a job that contradicts itself; Error for what
/// is wrong with the file.
void write_curves(const CurvesJob& job, const RunOptions& run = {});

}  // namespace qsample
