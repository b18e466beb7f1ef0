// Lists of timesteps as people write them.
#pragma once

#include <string_view>
#include <vector>

namespace qsample::cli {

/// "0,10,100-200:20" as ascending timesteps without repeats: numbers and ranges, both ends
/// included, with a stride. `offset` is added to each, and each must then be in 0..last. Throws
/// InvalidArgument.
[[nodiscard]] std::vector<int> parse_timesteps(std::string_view list, int last, int offset = 0);

/// first, first + stride, ... up to last.
[[nodiscard]] std::vector<int> strided_timesteps(int first, int stride, int last);

}  // namespace qsample::cli
