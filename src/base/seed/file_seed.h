// The seed of a file among others.
#pragma once

#include <cstdint>
#include <string_view>

namespace qsample {

/// The seed of a file in a batch: XXH3-64 of its path below the input folder, seeded with the
/// batch's.
[[nodiscard]] std::uint64_t file_seed(std::string_view relative, std::uint64_t seed);

}  // namespace qsample
