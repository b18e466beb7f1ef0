// What the module that draws on terminals provides.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "cli/console.h"

namespace qsample::cli {

struct TerminalDrawing {
  /// What draws a picture there, as the best of Kitty's graphics, sixels or half blocks that the
  /// variables of the environment tell that it can, or of ASCII where it shows no `unicode`; no
  /// larger than the picture.
  std::string (*draw)(std::span<const std::uint8_t> rgb, int width, int height,
                      const CharacterGrid& size, bool unicode);
};

}  // namespace qsample::cli
