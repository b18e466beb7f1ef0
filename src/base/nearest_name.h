// What somebody may have meant by a name that is unknown.
#pragma once

#include <span>
#include <string_view>

namespace qsample {

/// The one of `known` that is fewest slips away from `name`, a slip being a letter too many, too
/// few, another, or two letters in each other's place; capitals count as small. Empty where none is
/// near: names of three letters or more may have one slip, of six two, of twelve three.
[[nodiscard]] std::string_view nearest_name(std::string_view name,
                                            std::span<const std::string_view> known);

}  // namespace qsample
