// A list of betas from a text file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qsample {

/// The numbers in the text of the file `name`, beta_1 first: separated by white space or commas, in
/// brackets or not, with comments from '#' to the end of a line. Throws Error, with the line, at
/// anything else.
[[nodiscard]] std::vector<double> parse_betas(std::string_view text, const std::string& name);

}  // namespace qsample
