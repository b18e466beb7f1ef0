// What the module that draws on terminals provides.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace qsample::cli {

/// Of a terminal, in characters, and of one of them in pixels; 0 where it does not tell.
struct TerminalSize {
  int columns, rows;
  int cell_width, cell_height;
};

struct TerminalDrawing {
  /// What draws a picture there, as the best of Kitty's graphics, sixels or half blocks that the
  /// variables of the environment tell that it can; no larger than the picture.
  std::string (*draw)(std::span<const std::uint8_t> rgb, int width, int height,
                      const TerminalSize& size);
};

}  // namespace qsample::cli
