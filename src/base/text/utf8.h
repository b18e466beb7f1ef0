// Characters of texts in UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace qsample {

/// The code of what is not UTF-8.
inline constexpr std::uint32_t kNoCharacter = 0xFFFFFFFF;

struct Character {
  std::uint32_t code;  ///< or kNoCharacter, for one byte
  std::size_t size;    ///< bytes
};

/// Of a text that is not empty.
[[nodiscard]] Character first_character(std::string_view text);

/// False for what has no place in a line of text: controls, C1 as well, which some terminals obey
/// as they do ESC; what turns the direction of the text around it or breaks its line; what takes no
/// room, and what is no character. Joiners are letters in some scripts.
[[nodiscard]] bool is_shown(std::uint32_t code);

}  // namespace qsample
