// A list of betas from a text file.
#pragma once

#include <string>
#include <vector>

namespace qsample {

/// The numbers in a file, beta_1 first: separated by white space or commas, in brackets or not,
/// with comments from '#' to the end of a line. Throws Error, with the line, at anything else.
[[nodiscard]] std::vector<double> read_betas(const std::string& path);

}  // namespace qsample
