// A schedule from a text file: a list of betas, or the table that `qsample schedule` prints.
#pragma once

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

/// Reads the text of the file `name`:
/// - numbers, beta_1 first, separated by white space or commas, in brackets or not, with comments
///   from '#' to the end of a line;
/// - rows of CSV below a line of names, or objects in a JSON array. Of their columns t, alpha_bar,
///   alpha, sigma and beta are read, as `qsample schedule` names them; alpha or alpha_bar must be
///   there, or beta; without sigma the variance is preserved. Rows go up with t, from 0 or 1; where
///   there is no t, a clean image in the first row is t = 0. A table whose betas give its alpha and
///   sigma is the list of its betas.
/// Throws Error, with the line or the row, at anything else.
[[nodiscard]] ScheduleFile parse_schedule_file(std::string_view text, const std::string& name);

}  // namespace qsample
