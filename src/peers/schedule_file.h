// A schedule from a file: a list of betas or the like, or the table that `qsample schedule` prints.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qsample/schedule.h"

namespace qsample {

/// What a file says of a schedule: betas, or its table with the betas that go with it, if it has
/// them (ScheduleSpec::betas and ::table).
struct ScheduleFile {
  std::vector<double> betas;
  std::vector<Variances> table;
};

/// A column of a table; NaN where it says nothing.
struct ScheduleColumn {
  std::string name;
  std::vector<double> values;
};

/// Reads the text of the file `name`:
/// - numbers, beta_1 first, separated by white space or commas, in brackets or not, with comments
///   from '#' to the end of a line;
/// - the same below a line that names what they are: betas, alpha_bars (alphas_cumprod), alphas,
///   sigmas, snrs or log_snrs;
/// - rows of CSV below a line of names, or objects in a JSON array. Of their columns t, alpha_bar,
///   alpha, sigma, beta, snr and log_snr are read, as `qsample schedule` names them, or in the
///   plural. alpha or alpha_bar tell the image's share, and without sigma the variance is
///   preserved, as it is where log_snr or snr alone are there; sigma alone leaves the image as it
///   is, k-diffusion's x_0 + sigma eps. Rows go up with t, from 0 or 1; where there is no t, a
///   clean image at the end that has the least noise is t = 0, and rows may go either way. A table
///   whose betas give its alpha and sigma is the list of its betas.
/// Throws Error, with the line or the row, at anything else.
[[nodiscard]] ScheduleFile parse_schedule_file(std::string_view text, const std::string& name);

/// The same of columns, as of a file of tensors.
[[nodiscard]] ScheduleFile schedule_of_columns(std::span<const ScheduleColumn> columns,
                                               const std::string& name);

}  // namespace qsample
