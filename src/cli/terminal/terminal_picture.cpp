#include "cli/terminal/terminal_picture.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "cli/console.h"
#include "cli/terminal/terminal_module.h"
#include "image/plugin.h"
#include "opencv/drawing/canvas.h"
#include "pipeline/noise_image.h"
#include "qsample/error.h"

namespace qsample::cli {
namespace {

constexpr plugin::Module kModule = {"terminal", "chafa (Debian: libchafa0)", "`show`"};

TerminalSize size_of_terminal() {
  constexpr TerminalSize kUsual = {80, 24, 0, 0};
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return kUsual;
  }
  // The last line is the prompt's.
  return {size.ws_col, std::max(1, size.ws_row - 1), size.ws_xpixel / size.ws_col,
          size.ws_ypixel / size.ws_row};
}

}  // namespace

void add_show_option(CLI::App& command, bool& show, const char* help) {
  command.add_flag("--show", show, help)->group("Output");
}

void check_can_show() {
  if (::isatty(STDOUT_FILENO) == 0) {
    throw InvalidArgument("--show: standard output is no terminal; write the image by -o instead");
  }
}

void show_picture(const Image& image) {
  if (image.channels != 1 && image.channels != 3) {
    throw Error("`show` is of grey and RGB images, and this has " + std::to_string(image.channels) +
                " channels");
  }
  Canvas canvas(image.width, image.height, {0, 0, 0});
  canvas.place(0, 0, in_eight_bits(image));
  const auto& rgb = std::get<Planes<std::uint8_t>>(canvas.image().planes).colour;
  const auto& drawing = plugin::load<TerminalDrawing>(kModule);
  print(drawing.draw(rgb, image.width, image.height, size_of_terminal()));
}

}  // namespace qsample::cli
