// Lists of numbers in a .safetensors, such as the columns of a table.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "image/codec.h"

namespace qsample {

struct NamedNumbers {
  std::string name;
  std::vector<double> numbers;
};

/// The tensors of one dimension, in the order of the file; none where it is no .safetensors. Throws
/// Error for one that is damaged.
[[nodiscard]] std::optional<std::vector<NamedNumbers>> lists_of_safetensors(Bytes file);

/// What comes before lists of `count` numbers each, which follow as little-endian doubles.
[[nodiscard]] std::string safetensors_head_of_lists(const std::vector<std::string>& names,
                                                    std::size_t count);

}  // namespace qsample
