// What somebody may have meant by a name that is unknown.
#pragma once

#include <span>
#include <string_view>

namespace qsample {

/// The one of `known` that takes the fewest letters to insert, delete or replace in `name`; empty
/// where none is near: more than a third of the letters would change.
[[nodiscard]] std::string_view nearest_name(std::string_view name,
                                            std::span<const std::string_view> known);

}  // namespace qsample
